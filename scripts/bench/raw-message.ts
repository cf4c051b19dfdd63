import { randomBytes } from 'node:crypto';
import { TEXT } from './conversation.ts';

export const BODY = `1 ${TEXT}`;
/** In the place of the hash of what was asked for. */
export const HASH = randomBytes(32);
