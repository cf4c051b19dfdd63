/** Of two notifications with one tag the later takes the place of the first. */
export const notificationTagOf = (conversationId: string): string =>
  `conversation-${conversationId}`;
