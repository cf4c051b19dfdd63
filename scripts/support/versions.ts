/** Thrown for what is no version, or no range of the kind that advisories have. */
class VersionError extends Error {
  override readonly name = 'VersionError';
}

const VERSION = /^(\d+)\.(\d+)\.(\d+)(?:-([\w.-]+))?(?:\+[\w.-]+)?$/;
const COMPARATOR = /^(<=|>=|<|>|=)(\S+)$/;

/**
 * Whether the version is in a range such as `<1.2.3 || >=2.0.0 <2.0.5`. Ordered by SemVer 2.0, section 11, and
 * without npm's exception for pre-releases: one in the range is as vulnerable as its neighbours. Throws VersionError.
 */
export function isInRange(version: string, range: string): boolean {
  return range
    .split('||')
    .map((all) => all.trim().split(/\s+/))
    .map((comparators) =>
      comparators.map((comparator) => holds(version, comparator)).every(Boolean),
    )
    .some(Boolean);
}

function holds(version: string, comparator: string): boolean {
  const [, operator, bound] = COMPARATOR.exec(comparator) ?? [];
  if (operator === undefined || bound === undefined) {
    throw new VersionError(`no range: ${JSON.stringify(comparator)}`);
  }
  const order = compareVersions(version, bound);
  if (order === 0) return operator.includes('=');
  return order < 0 ? operator.startsWith('<') : operator.startsWith('>');
}

function compareVersions(a: string, b: string): number {
  const [one, other] = [parse(a), parse(b)];
  for (const [index, number] of one.numbers.entries()) {
    const difference = number - (other.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  // A pre-release comes before its release.
  if (one.tag === undefined || other.tag === undefined) {
    return Number(one.tag === undefined) - Number(other.tag === undefined);
  }
  return compareTags(one.tag.split('.'), other.tag.split('.'));
}

function compareTags(one: readonly string[], other: readonly string[]): number {
  for (const [index, a] of one.entries()) {
    const b = other[index];
    if (b === undefined) return 1;
    if (a === b) continue;
    const areNumbers = [a, b].map((part) => /^\d+$/.test(part));
    if (areNumbers.every(Boolean)) return Number(a) - Number(b);
    if (areNumbers.some(Boolean)) return areNumbers[0] ? -1 : 1;
    return a < b ? -1 : 1;
  }
  return one.length - other.length;
}

function parse(version: string) {
  const [, major, minor, patch, tag] = VERSION.exec(version) ?? [];
  if (major === undefined) throw new VersionError(`no version: ${JSON.stringify(version)}`);
  return { numbers: [major, minor, patch].map(Number), tag };
}
