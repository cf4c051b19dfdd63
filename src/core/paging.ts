/** One row more than the page is asked for; whether it came says if there is a next page. */
export function cutPage<T>(rows: readonly T[], limit: number): { page: T[]; hasMore: boolean } {
  return { page: rows.slice(0, limit), hasMore: rows.length > limit };
}

/** Items of a page when the client names no limit; messages have a setting of their own. */
export const DEFAULT_PAGE = 50;
