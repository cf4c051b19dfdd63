import './choices.css';

interface ChoicesProps<T extends string> {
  name: string;
  label: string;
  choices: readonly (readonly [value: T, shown: string, hint?: string])[];
  chosen: T;
  onChoose: (value: T) => void;
}

/** One of a few. */
export const Choices = <T extends string>(props: ChoicesProps<T>) => (
  <fieldset class="choices">
    <legend class="field-label">{props.label}</legend>
    {props.choices.map(([value, shown, hint]) => (
      <label key={value} class="choice">
        <input
          type="radio"
          name={props.name}
          value={value}
          checked={value === props.chosen}
          onChange={() => props.onChoose(value)}
        />
        <span>
          {shown}
          {hint && <span class="field-hint">{hint}</span>}
        </span>
      </label>
    ))}
  </fieldset>
);
