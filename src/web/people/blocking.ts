import { confirmFirst } from '../parts/confirm.tsx';
import { tellProblem } from '../parts/notice.tsx';
import { text } from '../text/text.ts';
import { setBlocked } from './blocked.ts';

interface Named {
  username: string;
  displayName: string;
}

export function askToBlock({ username, displayName }: Named): void {
  const { block, blockHint, blockShort } = text.value;
  confirmFirst({
    title: `${block(displayName)}?`,
    hint: blockHint,
    action: blockShort,
    onConfirm: () => void setBlocked(username, true).catch(tellProblem),
  });
}

export const unblock = ({ username }: Pick<Named, 'username'>): void =>
  void setBlocked(username, false).catch(tellProblem);
