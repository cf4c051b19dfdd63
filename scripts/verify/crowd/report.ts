/** One line of the report. Without a verdict it is only told. */
export interface Row {
  title: string;
  measured: string;
  goal?: string;
  /** `BROKEN` fails the run; `missed` is a goal of time, which depends on the machine. */
  verdict?: 'held' | 'missed' | 'BROKEN';
}

export interface Section {
  title: string;
  rows: readonly Row[];
}

export const told = (title: string, measured: string): Row => ({ title, measured });

/** What has to hold on any machine. */
export const demanded = (title: string, isHeld: boolean, measured: string, goal: string): Row => ({
  title,
  measured,
  goal,
  verdict: isHeld ? 'held' : 'BROKEN',
});

/** That all of them did it. */
export const demandedOfAll = (title: string, count: number, all: number): Row =>
  demanded(title, count === all, whole(count), whole(all));

export const wished = (title: string, isHeld: boolean, measured: string, goal: string): Row => ({
  title,
  measured,
  goal,
  verdict: isHeld ? 'held' : 'missed',
});

/** Bytes against a bound in megabytes. */
export const bounded = (title: string, bytes: number, bound: number, sockets: number): Row =>
  demanded(
    title,
    bytes <= bound * MEGABYTE,
    `${megabytes(bytes)}, ${(bytes / 1_024 / sockets).toFixed(1)} KB a socket`,
    `≤ ${megabytes(bound * MEGABYTE)}`,
  );

const MEGABYTE = 1_048_576;

export const megabytes = (bytes: number): string => `${(bytes / MEGABYTE).toFixed(1)} MB`;

export const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(2)} s`;

export const whole = (count: number): string => count.toLocaleString('en');

/** Returns whether nothing is broken. */
export function printSections(
  sections: readonly Section[],
  print: (line: string) => void,
): boolean {
  for (const { title, rows } of sections) {
    print('');
    print(title);
    for (const row of rows) print(lineOf(row));
  }
  return !sections.some(({ rows }) => rows.some(({ verdict }) => verdict === 'BROKEN'));
}

const lineOf = ({ title, measured, goal = '', verdict }: Row): string =>
  `  ${(verdict ?? '').padEnd(8)}${title.padEnd(50)}${measured.padEnd(30)}${goal}`.trimEnd();
