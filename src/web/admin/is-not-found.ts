import { DoorbellError } from '../../client/index.ts';

export const isNotFound = (error: unknown): boolean =>
  error instanceof DoorbellError && error.code === 'not_found';
