/** What a mailed link carries behind its #, where no server and no log sees it. */
export const mailedToken = (): string =>
  new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
