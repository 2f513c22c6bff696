/** The one place of the client that reads the environment; everything else is given it. */
import type { Environment } from '../config/values.ts';

export const environment: Environment = process.env;
