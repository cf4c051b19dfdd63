/** A conversation of so many members or more is a crowd: what rings there is asked for by many at once. */
export const CROWD = 50;
