import type { ComponentChildren } from 'preact';

interface SettingActionProps {
  hint: string;
  kind?: 'danger';
  onClick: () => void;
  children: ComponentChildren;
}

/** A button, and what comes of it. */
export const SettingAction = ({ hint, kind, onClick, children }: SettingActionProps) => (
  <div class="setting-action">
    <button type="button" class="button" data-kind={kind} onClick={onClick}>
      {children}
    </button>
    <p class="field-hint">{hint}</p>
  </div>
);
