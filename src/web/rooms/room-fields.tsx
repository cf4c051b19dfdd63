import type { Conversation } from '../../client/index.ts';
import { Choices } from '../parts/choices.tsx';
import { Field } from '../parts/field.tsx';
import { text } from '../text/text.ts';

interface TitleAndTopicProps {
  problems: Record<string, string>;
  /** As they are so far. */
  room?: Pick<Conversation, 'title' | 'topic'>;
}

export const TitleAndTopic = ({ problems, room }: TitleAndTopicProps) => {
  const t = text.value;
  return (
    <>
      <Field
        label={t.roomTitle}
        name="title"
        required
        maxLength={100}
        autocomplete="off"
        defaultValue={room?.title ?? ''}
        problem={problems['title']}
      />
      <Field
        label={t.roomTopic}
        name="topic"
        maxLength={500}
        autocomplete="off"
        defaultValue={room?.topic ?? ''}
        hint={t.roomTopicHint}
        problem={problems['topic']}
      />
    </>
  );
};

/** Who comes to a room, and what they find there. */
export type Access = Pick<Conversation, 'visibility' | 'history'>;

interface AccessProps {
  chosen: Access;
  onChoose: (access: Access) => void;
}

export const AccessChoices = ({ chosen, onChoose }: AccessProps) => {
  const t = text.value;
  return (
    <>
      <Choices
        name="visibility"
        label={t.whoMayJoin}
        chosen={chosen.visibility}
        choices={[
          ['public', t.publicRoom, t.publicRoomHint],
          ['private', t.privateRoom, t.privateRoomHint],
        ]}
        onChoose={(visibility) => onChoose({ ...chosen, visibility })}
      />
      {chosen.visibility === 'private' && (
        <Choices
          name="history"
          label={t.newcomersRead}
          chosen={chosen.history}
          choices={[
            ['all', t.allHistory, t.allHistoryHint],
            ['joined', t.historyFromJoining, t.historyFromJoiningHint],
          ]}
          onChoose={(history) => onChoose({ ...chosen, history })}
        />
      )}
    </>
  );
};
