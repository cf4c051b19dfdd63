import { Transform, type TransformCallback } from 'node:stream';

interface Point {
  depth: number;
  passed: boolean;
  excused: boolean;
}

/**
 * One line per test file, the whole TAP of a file that failed, and `N passed, N failed` as the last line.
 * Counts assertions. A file that breaks in any other way (it crashed, held no test, never reported) counts as one
 * failure, because tap's own totals pass some of that over.
 */
export default class Reporter extends Transform {
  private passed = 0;
  private failed = 0;
  private skipped = 0;
  private filesAwaited = 0;

  private unread = '';
  private inDiagnosis = false;
  /** What the current file said so far. */
  private lines: string[] = [];
  private points: Point[] = [];

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    const lines = (this.unread + chunk).split('\n');
    this.unread = lines.pop() ?? '';
    for (const line of lines) this.readLine(line);
    done();
  }

  override _flush(done: TransformCallback): void {
    this.failed += Math.abs(this.filesAwaited);
    if (this.passed + this.failed + this.skipped === 0) this.failed = 1;
    // tap itself exits with 0 over a file without tests.
    if (this.failed > 0) process.exitCode = 1;
    const skipped = this.skipped > 0 ? `, ${this.skipped} skipped` : '';
    this.print(...this.lines, '', `${this.passed} passed, ${this.failed} failed${skipped}`);
    done();
  }

  /** The results of files stand at the left margin, what files say is indented by four, tap's diagnosis of them by two. */
  private readLine(line: string): void {
    if (/^ {2}(---|\.\.\.)$/.test(line)) this.inDiagnosis = line === '  ---';
    else if (this.inDiagnosis) {
      if (/^ {2}(expired|exitCode|signal): (?!null)/.test(line)) this.print(line);
    } else if (/^(not )?ok\b/.test(line)) this.endFile(line);
    else if (/^1\.\.\d+/.test(line)) this.filesAwaited += Number.parseInt(line.slice(3), 10);
    else if (!/^(TAP version|# No coverage|# \{|# time=|$)/.test(line)) this.readInside(line);
  }

  private readInside(line: string): void {
    this.lines.push(line);
    const [, indent = '', verdict] = /^( *)(ok|not ok)\b/.exec(line) ?? [];
    const excused = / # (SKIP|TODO)\b/i.test(line);
    if (verdict) this.points.push({ depth: indent.length, passed: verdict === 'ok', excused });
  }

  private endFile(result: string): void {
    // A point after deeper ones only sums them up.
    const leaves = this.points.filter(({ depth }, i) => depth >= (this.points[i - 1]?.depth ?? 0));
    const excused = leaves.filter((point) => point.excused).length;
    const failed = leaves.filter((point) => !point.passed && !point.excused).length;
    const skippedWhole = leaves.length === 0 && / # SKIP (?!no tests found)/.test(result);
    const sound = result.startsWith('ok') && failed === 0 && (leaves.length > 0 || skippedWhole);

    this.passed += leaves.length - excused - failed;
    this.skipped += excused + Number(skippedWhole);
    this.failed += sound ? 0 : Math.max(failed, 1);
    this.filesAwaited -= 1;

    const name = result.replace(/^(not )?ok \d+ - /, '').replace(/ # time=(.*)/, ' ($1)');
    this.print(`${sound ? 'ok  ' : 'FAIL'} ${name}`, ...(sound ? [] : this.lines));
    this.lines = [];
    this.points = [];
  }

  private print(...lines: string[]): void {
    this.push(`${lines.join('\n')}\n`);
  }
}
