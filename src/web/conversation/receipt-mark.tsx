import { me } from '../account/sign-in-state.ts';
import { CheckIcon, ChecksIcon } from '../parts/icons.tsx';
import { text } from '../text/text.ts';
import type { OpenConversation } from './open-conversation.ts';
import { type Receipt, receiptOf } from './receipts.ts';

const words = (receipt: Receipt): string =>
  receipt.kind === 'readBySome' ? text.value.readBy(receipt.count) : text.value[receipt.kind];

/** How far a message of one's own has come. */
export const ReceiptMark = ({ sequence, open }: { sequence: number; open: OpenConversation }) => {
  const others = open.members.all.value.filter(({ username }) => username !== me.value?.username);
  const receipt = receiptOf(sequence, others);
  return (
    <span class="receipt" data-receipt={receipt.kind} title={words(receipt)}>
      {receipt.kind === 'sent' ? <CheckIcon /> : <ChecksIcon />}
      <span class="visually-hidden">{words(receipt)}</span>
    </span>
  );
};
