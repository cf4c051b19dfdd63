import { WhenNear } from '../parts/when-near.tsx';
import { text } from '../text/text.ts';
import type { RunEnd } from './run-end.ts';

interface MoreProps {
  end: RunEnd;
  /** The message at this end. */
  sequence: number | undefined;
  loading: string;
  failed: string;
}

/** An end of the timeline: fetches what comes beyond it when one gets near. */
const MoreMessages = ({ end, sequence, loading, failed }: MoreProps) =>
  end.state.value === 'failed' ? (
    <p class="timeline-end" role="alert">
      {failed}{' '}
      <button type="button" class="button" onClick={() => void end.more()}>
        {text.value.retry}
      </button>
    </p>
  ) : (
    <div class="timeline-end">
      <WhenNear after={sequence} onNear={() => void end.more()} />
      <span aria-hidden="true">{loading}</span>
    </div>
  );

type EndProps = Pick<MoreProps, 'end' | 'sequence'>;

export const OlderMessages = (props: EndProps) => {
  const { beginning, loadingOlder, olderFailed } = text.value;
  if (!props.end.hasMore) return <p class="timeline-end">{beginning}</p>;
  return <MoreMessages {...props} loading={loadingOlder} failed={olderFailed} />;
};

export const NewerMessages = (props: EndProps) => {
  const { loadingNewer, newerFailed } = text.value;
  return <MoreMessages {...props} loading={loadingNewer} failed={newerFailed} />;
};
