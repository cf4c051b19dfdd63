/**
 * Ids are opaque text to clients and integers in the store. Undefined for whatever no id can be;
 * the caller answers as it would for an id that is not there.
 */
export function parseId(text: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

export interface MessageKey {
  conversationId: number;
  sequence: number;
}

/** `42-17`: the one id with a documented form, conversation and sequence. */
export const formatMessageId = (conversationId: number, sequence: number): string =>
  `${conversationId}-${sequence}`;

export function parseMessageId(text: string): MessageKey | undefined {
  const [conversation = '', message = '', ...rest] = text.split('-');
  const conversationId = parseId(conversation);
  const sequence = parseId(message);
  return conversationId === undefined || sequence === undefined || rest.length > 0
    ? undefined
    : { conversationId, sequence };
}

export const toTimestamp = (milliseconds: number): string => new Date(milliseconds).toISOString();
