import './rooms.css';
import { useEffect, useState } from 'preact/hooks';
import { findConversation } from '../conversations/conversations.ts';
import { doorbell } from '../doorbell.ts';
import { Empty } from '../parts/empty.tsx';
import { PlusIcon } from '../parts/icons.tsx';
import { PagedList } from '../parts/paged-list.ts';
import { WhenNear } from '../parts/when-near.tsx';
import { learnNames } from '../people/names.ts';
import { addPathOf, pathOf } from '../router/routes.ts';
import { ViewHead } from '../shell/view-head.tsx';
import { text } from '../text/text.ts';
import { RoomMember } from './room-member.tsx';

/** Who is in a room, and for those who may: who else should be. */
export const RoomMembers = ({ id }: { id: string }) => {
  const [list] = useState(() => new PagedList((_search, after) => listMembers(id, after)));
  useEffect(() => {
    void list.search('');
    return doorbell.on('members', (changed) => {
      if (changed === id) void list.search('');
    });
  }, [list]);
  const t = text.value;
  const role = findConversation(id)?.role ?? 'member';
  return (
    <>
      <ViewHead back={pathOf(id)}>
        <h1>{t.membersOf}</h1>
        {role !== 'member' && (
          <a class="button head-button" href={addPathOf(id)}>
            <PlusIcon /> {t.addPeople}
          </a>
        )}
      </ViewHead>
      <div class="view-body" data-scrolls>
        <ul class="items">
          {list.items.value.map((member) => (
            <RoomMember key={member.username} member={member} roomId={id} ownRole={role} />
          ))}
        </ul>
        {list.state.value === 'failed' && <Empty title={t.listFailed} />}
        {list.hasMore && (
          <WhenNear after={list.items.value.length} onNear={() => void list.more()} />
        )}
      </div>
    </>
  );
};

async function listMembers(id: string, after?: string) {
  const { members, hasMore, next } = await doorbell.listMembers(id, after ? { after } : {});
  learnNames(members);
  return { items: members, next: hasMore ? next : null };
}
