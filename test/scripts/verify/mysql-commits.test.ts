import { test } from 'tap';
import { MysqlCommits } from '../../../scripts/verify/network/mysql-commits.ts';

const packet = (payload: string, number = 0): Buffer => {
  const header = Buffer.alloc(4);
  header.writeUIntLE(payload.length, 0, 3);
  header[3] = number;
  return Buffer.concat([header, Buffer.from(payload, 'latin1')]);
};
const query = (text: string): Buffer => packet(`\x03${text}`);

/** At which byte of the whole stream a COMMIT was found to have ended, or the chunk with that byte. */
function endsIn(stream: Buffer, chunkSize: number): number[] {
  const commits = new MysqlCommits();
  const ends: number[] = [];
  for (let at = 0; at < stream.length; at += chunkSize)
    if (commits.endIn(stream.subarray(at, at + chunkSize))) ends.push(Math.floor(at / chunkSize));
  return ends;
}

const before = Buffer.concat([
  packet('\x8d\xa2\x0bwho signs in says no commands: \x03commit', 1),
  query('begin'),
  packet('', 2),
  query(`insert into t values ('commit ${packet('\x03commit').toString('latin1')}')`),
  query('commit and chain'),
  packet('\x16commit'),
  packet('\x03commit', 1),
]);
const commit = query('COMMIT');
const after = Buffer.concat([query('select 1'), packet('\x03\x00\x01Commit')]);
const stream = Buffer.concat([before, commit, after]);

test('a COMMIT is found at its last byte, however the packets are cut into chunks', async (t) => {
  const lastBytes = [before.length + commit.length - 1, stream.length - 1];
  const sizes = Array.from(stream, (_, index) => index + 1);
  const chunks = (size: number) => [...new Set(lastBytes.map((at) => Math.floor(at / size)))];
  t.same(
    sizes.map((size) => endsIn(stream, size)),
    sizes.map(chunks),
  );
});

test('what speaks of a COMMIT without being one is none', async (t) => {
  for (const size of [1, 7, before.length]) t.same(endsIn(before, size), []);
});

test('a packet longer than 16 MB, which goes on in another one, hides and fakes nothing', async (t) => {
  const long = Buffer.concat([
    query(' '.repeat(0xff_ff_ff - 1)),
    packet('\x03commit', 1),
    query('commit'),
  ]);
  const ends = endsIn(long, 65_536);
  t.same(ends, [Math.floor((long.length - 1) / 65_536)]);
  t.same(endsIn(long.subarray(0, -commit.length), 65_536), []);
});
