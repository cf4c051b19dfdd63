import type { Conversation, User } from '../../client/index.ts';
import { titleOf } from '../conversations/title.ts';
import { Avatar } from '../parts/avatar.tsx';
import { PeopleIcon } from '../parts/icons.tsx';
import { isSomebodyElse } from '../people/somebody-else.ts';
import { membersPathOf, personPathOf } from '../router/routes.ts';
import { ViewHead } from '../shell/view-head.tsx';
import { isolate } from '../text/isolate.ts';
import { text } from '../text/text.ts';
import { DirectActions } from './direct-actions.tsx';
import { HeadLinks } from './head-links.tsx';

export const ConversationHead = ({ conversation }: { conversation: Conversation | undefined }) => {
  if (!conversation)
    return (
      <ViewHead>
        <h1 class="visually-hidden">{text.value.messages}</h1>
      </ViewHead>
    );
  const { id, kind, with: other } = conversation;
  const title = titleOf(conversation);
  const isRoom = kind === 'room';
  const person = other && isSomebodyElse(other.username) ? other : undefined;
  return (
    <ViewHead>
      <Avatar
        name={other?.username ?? id}
        shownName={title}
        isRoom={isRoom}
        isOnline={other?.online ?? false}
      />
      <HeadWords title={title} about={aboutOf(conversation)} person={person} />
      {person && <DirectActions other={person} />}
      {isRoom && (
        <a
          class="icon-button"
          href={membersPathOf(id)}
          title={text.value.membersOf}
          aria-label={text.value.membersOf}
        >
          <PeopleIcon />
        </a>
      )}
      <HeadLinks id={id} />
    </ViewHead>
  );
};

interface HeadWordsProps {
  title: string;
  about: string;
  /** Whose profile they lead to. */
  person: User | undefined;
}

const HeadWords = ({ title, about, person }: HeadWordsProps) => {
  const words = (
    <>
      <h1>
        <bdi>{title}</bdi>
      </h1>
      <p class="quiet">{about}</p>
    </>
  );
  if (!person) return <div class="head-words">{words}</div>;
  return (
    <a class="head-words head-person" href={personPathOf(person.username)}>
      {words}
    </a>
  );
};

function aboutOf({ kind, topic, memberCount, with: other }: Conversation): string {
  const { members, online } = text.value;
  if (kind === 'room')
    return topic ? `${members(memberCount)} · ${isolate(topic)}` : members(memberCount);
  if (!other) return '';
  return other.online ? online : `@${other.username}`;
}
