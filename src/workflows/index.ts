/** The workflows of a worker. Their names are part of the public contract. */
export { recording } from './recording/index.ts';
export { files } from './files.ts';
export { launch } from './launch/index.ts';
export { notify } from './notify.ts';
export { troubles } from './troubles.ts';
