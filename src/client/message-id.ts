export interface Place {
  conversationId: string;
  sequence: number;
}

/** A message id is `<conversationId>-<sequence>`; undefined for what is none. */
export const placeOf = (messageId: string): Place | undefined => {
  const [, conversationId, digits] = /^(.+)-(\d{1,16})$/.exec(messageId) ?? [];
  const sequence = Number(digits);
  if (conversationId === undefined || !Number.isSafeInteger(sequence)) return undefined;
  return { conversationId, sequence };
};
