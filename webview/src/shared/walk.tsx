import type { ComponentChildren } from 'preact';

interface WalkProps {
  /** What is walked over. */
  readonly label: string;
  readonly count: number;
  readonly current: number;
  /** What is at the current place: a screen reader says it. */
  readonly text: string;
  /** Steps of Page Up and Page Down. */
  readonly stride: number;
  readonly onMove: (to: number) => void;
  /** Place under a horizontal position within the drawing. */
  readonly at: (x: number) => number;
  readonly children: ComponentChildren;
}

/** A drawing that is walked over with the keyboard or the pointer: one tab stop; what is inside is for the eye only. */
export function Walk({ label, count, current, text, stride, onMove, at, children }: WalkProps) {
  const move = (to: number): void => onMove(Math.min(count - 1, Math.max(0, to)));
  return (
    <div
      class="walk"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, count - 1)}
      aria-valuenow={current}
      aria-valuetext={text}
      onKeyDown={(event) => {
        const to = {
          ArrowRight: current + 1,
          ArrowUp: current + 1,
          ArrowLeft: current - 1,
          ArrowDown: current - 1,
          PageUp: current + stride,
          PageDown: current - stride,
          Home: 0,
          End: count - 1,
        }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        move(to);
      }}
      onPointerMove={(event) => move(at(event.clientX - event.currentTarget.getBoundingClientRect().left))}
      onPointerDown={(event) => move(at(event.clientX - event.currentTarget.getBoundingClientRect().left))}
    >
      {children}
    </div>
  );
}
