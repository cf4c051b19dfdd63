import type { Conversation } from '../../client/index.ts';
import { Choices } from '../parts/choices.tsx';
import { Field } from '../parts/field.tsx';
import { text } from '../text/text.ts';

export type Visibility = Conversation['visibility'];

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

interface VisibilityProps {
  chosen: Visibility;
  onChoose: (visibility: Visibility) => void;
}

export const VisibilityChoices = ({ chosen, onChoose }: VisibilityProps) => {
  const t = text.value;
  return (
    <Choices<Visibility>
      name="visibility"
      label={t.whoMayJoin}
      chosen={chosen}
      choices={[
        ['public', t.publicRoom, t.publicRoomHint],
        ['private', t.privateRoom, t.privateRoomHint],
      ]}
      onChoose={onChoose}
    />
  );
};
