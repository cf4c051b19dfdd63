import type { AuditPage } from '../../client/index.ts';
import { isolate } from '../text/isolate.ts';
import { text } from '../text/text.ts';

type Entry = Pick<AuditPage['entries'][number], 'act' | 'detail'>;

/** What the log keeps in English, in the reader's words; as it is kept where it says something else. */
export function auditDetail({ act, detail }: Entry): string {
  const { sentBy, sessions, members } = text.value;
  if (act === 'message.remove')
    return detail.replace(/^sent by (.+)$/, (_all, username) => sentBy(username));
  if (act === 'user.sign-out')
    return detail.replace(/^(\d+) sessions$/, (_all, count) => sessions(Number(count)));
  if (act === 'room.remove')
    return detail.replace(
      /^(.+), (\d+) members$/s,
      (_all, title, count) => `${isolate(title)}, ${members(Number(count))}`,
    );
  return detail;
}
