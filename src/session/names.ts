/** Workflow ids and other names within Temporal. Vendor-side names are the recorders' own. */

/** The lock of a target: Temporal allows one open workflow of this id. */
export const sessionWorkflowId = (key: string): string => `recording/${key}`;
export const launchWorkflowId = (sessionId: string): string => `launch/${sessionId}`;
export const filesWorkflowId = (sessionId: string): string => `files/${sessionId}`;
/** `about`: a session's id, or the scope of a trouble that many have. */
export const notifyWorkflowId = (about: string, receiver: string): string => `notify/${about}/${receiver}`;
export const troublesWorkflowId = (scope: string): string => `troubles/${scope}`;

/** Task queues of an installation; `prefix` keeps two installations of one namespace apart. */
export const workflowQueue = (prefix = ''): string => `${prefix}keeprolling`;
export const accountQueue = (account: string, prefix = ''): string => `${prefix}keeprolling/${account}`;
