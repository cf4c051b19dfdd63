import './search.css';
import { useState } from 'preact/hooks';
import { DoorbellError, type FoundMessage } from '../../client/index.ts';
import { findConversation } from '../conversations/conversations.ts';
import { titleOf } from '../conversations/title.ts';
import { doorbell } from '../doorbell.ts';
import { type Page, PagedList } from '../parts/paged-list.ts';
import { SearchedList } from '../parts/searched-list.tsx';
import { findNames } from '../people/names.ts';
import { navigate, query } from '../router/router.ts';
import { pathOf, searchPathOf } from '../router/routes.ts';
import { ViewHead } from '../shell/view-head.tsx';
import { text } from '../text/text.ts';
import { FoundEntry } from './found-entry.tsx';

/** Messages by their words, of all conversations or of one. The words are in the address, for the way back. */
export const Search = ({ id }: { id?: string }) => {
  const [list] = useState(() => new PagedList((words, before) => findMessages(id, words, before)));
  const words = query.value.get('q') ?? '';
  const t = text.value;
  const conversation = id === undefined ? undefined : findConversation(id);
  const hint = id === undefined ? t.searchMessagesHint : t.searchInHint;
  return (
    <>
      <ViewHead {...(id === undefined ? {} : { back: pathOf(id) })}>
        <h1>{conversation ? t.searchIn(titleOf(conversation)) : t.searchMessages}</h1>
      </ViewHead>
      <SearchedList
        list={list}
        label={t.searchMessages}
        nothing={words === '' ? hint : t.nothingFound}
        keyOf={(message) => message.id}
        kept={{
          words,
          keep: (typed) => navigate(searchPathOf(id, typed), { replace: true }),
        }}
      >
        {(message) => <FoundEntry message={message} isTitled={id === undefined} />}
      </SearchedList>
    </>
  );
};

async function findMessages(
  id: string | undefined,
  words: string,
  before?: string,
): Promise<Page<FoundMessage>> {
  if (words === '') return NOTHING;
  try {
    const { messages, hasMore, next } = await doorbell.api.searchMessages({
      q: asTyped(words),
      ...(id === undefined ? {} : { conversation: id }),
      ...(before === undefined ? {} : { before }),
    });
    findNames(new Set(messages.map(({ sender }) => sender)));
    return { items: messages, next: hasMore ? next : null };
  } catch (error) {
    // Signs without a word, or too many words.
    if (error instanceof DoorbellError && error.code === 'invalid_input') return NOTHING;
    throw error;
  }
}

const NOTHING: Page<FoundMessage> = { items: [], next: null };

/** The last word may not be typed to its end yet. */
const asTyped = (words: string): string => (/[\p{L}\p{N}]$/u.test(words) ? `${words}*` : words);
