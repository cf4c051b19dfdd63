import type { Message } from '../../client/index.ts';
import { me } from '../account/sign-in-state.ts';
import { doorbell } from '../doorbell.ts';
import { announce } from '../parts/announcer.tsx';
import { nameOf } from '../people/names.ts';
import { soon } from '../shell/soon.ts';
import { text } from '../text/text.ts';
import type { OpenConversation } from './open-conversation.ts';

/** Loads a conversation and keeps it as the client holds it. Returns the function that stops that. */
export function follow(open: OpenConversation): () => void {
  const { id } = open;
  const showSoon = soon(() => open.show());
  const ofThis = (listener: () => unknown) => (changed: string) => {
    if (changed === id) listener();
  };
  const gone = ofThis(() => {
    open.state.value = 'gone';
  });
  const stops = [
    doorbell.on('message', (message) => {
      if (message.conversationId !== id) return;
      if (isNewFor(open, message)) {
        readOut(message);
        divide(open);
      }
      open.typing.stopped(message.sender);
      showSoon();
    }),
    doorbell.on('conversation', (conversation) => conversation.id === id && showSoon()),
    doorbell.on('conversationRemoved', gone),
    doorbell.on(
      'messagesReset',
      ofThis(() => {
        // What is being loaded is not shown yet, and comes with what is held from here on.
        if (open.state.value === 'loading') return;
        open.place.reset();
        void open.load();
      }),
    ),
    doorbell.on('messageChanged', (messageId) => open.place.changed(messageId)),
    doorbell.on(
      'members',
      ofThis(() => open.refreshMembers()),
    ),
    doorbell.on('typing', ({ conversationId, username }) => {
      if (conversationId === id) open.typing.started(username);
    }),
    doorbell.on('synced', () => {
      void (open.state.value === 'failed' ? open.load() : open.refreshMembers());
      open.place.excerpt.value?.refresh();
    }),
  ];
  void open.load();
  return () => {
    for (const stop of stops) stop();
    open.typing.clear();
  };
}

/** Said by somebody else just now, not edited. */
const isNewFor = ({ messages }: OpenConversation, { sequence, sender }: Message): boolean =>
  sequence > (messages.value.at(-1)?.sequence ?? 0) && sender !== me.value?.username;

/** For whoever does not see it. */
function readOut({ sender, body }: Message): void {
  if (body !== null) announce(text.value.says(nameOf(sender), body));
}

/** Whoever is in another window finds a line before what came meanwhile. */
function divide(open: OpenConversation): void {
  const { unread, readSequence } = open.conversation.value ?? {};
  if (unread === 0 && !document.hasFocus()) open.unreadAfter = readSequence;
}
