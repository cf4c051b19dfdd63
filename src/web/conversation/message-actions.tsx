import type { ComponentChildren } from 'preact';
import type { Message } from '../../client/index.ts';
import { me } from '../account/sign-in-state.ts';
import { doorbell } from '../doorbell.ts';
import { askForEmoji } from '../emoji/emoji-dialog.tsx';
import { confirmFirst } from '../parts/confirm.tsx';
import { EditIcon, ReplyIcon, SmileIcon, TrashIcon } from '../parts/icons.tsx';
import { tellProblem } from '../parts/notice.tsx';
import { text } from '../text/text.ts';
import { focusMessage } from './focus-message.ts';
import type { OpenConversation } from './open-conversation.ts';
import { toggleReaction } from './reactions.tsx';

const OFTEN_USED = ['👍', '❤️', '😂', '🎉', '😮', '😢'];

interface ActionsProps {
  message: Message;
  open: OpenConversation;
}

/** What one can do with a message; shown for the one that is pointed at or has the focus. */
export const MessageActions = ({ message, open }: ActionsProps) => {
  const t = text.value;
  const isMine = message.sender === me.value?.username;
  const mayRemove = isMine || open.role.value !== 'member';
  const isAdmin = me.value?.role === 'admin';
  return (
    <fieldset class="actions" aria-label={t.actions}>
      {OFTEN_USED.map((emoji) => (
        <button
          key={emoji}
          type="button"
          class="action"
          aria-label={t.react(emoji)}
          onClick={() => toggleReaction(message, emoji)}
        >
          {emoji}
        </button>
      ))}
      <Action
        name={t.moreEmoji}
        icon={<SmileIcon />}
        onClick={() => askForEmoji((emoji) => toggleReaction(message, emoji))}
      />
      <Action name={t.reply} icon={<ReplyIcon />} onClick={() => write(open, 'reply', message)} />
      {isMine && (
        <Action name={t.edit} icon={<EditIcon />} onClick={() => write(open, 'edit', message)} />
      )}
      {(mayRemove || isAdmin) && (
        <Action
          name={t.remove}
          icon={<TrashIcon />}
          onClick={() => (mayRemove ? askToRemove(message) : askToRemoveAsAdmin(message))}
        />
      )}
    </fieldset>
  );
};

interface ActionProps {
  name: string;
  icon: ComponentChildren;
  onClick: () => void;
}

const Action = ({ name, icon, onClick }: ActionProps) => (
  <button type="button" class="action" title={name} aria-label={name} onClick={onClick}>
    {icon}
  </button>
);

function write(open: OpenConversation, kind: 'reply' | 'edit', message: Message): void {
  open.writing.value = { kind, message };
}

function askToRemove({ id }: Message): void {
  const { removeMessage, removeMessageHint, remove } = text.value;
  confirmFirst({
    title: removeMessage,
    hint: removeMessageHint,
    action: remove,
    // The button that had the focus goes with what it was for.
    onConfirm: () => void doorbell.remove(id).then(() => focusMessage(id), tellProblem),
  });
}

function askToRemoveAsAdmin({ id }: Message): void {
  const { removeMessage, removeAsAdminHint, remove } = text.value;
  confirmFirst({
    title: removeMessage,
    hint: removeAsAdminHint,
    action: remove,
    onConfirm: () => void doorbell.admin.deleteMessage(id).catch(tellProblem),
  });
}
