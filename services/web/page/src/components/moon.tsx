import { moonAt } from '../time/almanac';

/** The lit part of a moon of radius 1, as an outline: a half circle, and the terminator as half an ellipse. */
function litPart(phase: number): string {
  const waxing = phase < 0.5;
  const width = Math.abs(Math.cos(2 * Math.PI * phase)).toFixed(3);
  const gibbous = phase > 0.25 && phase < 0.75;
  return `M0-1A1 1 0 0 ${waxing ? 1 : 0} 0 1A${width} 1 0 0 ${waxing === gibbous ? 1 : 0} 0-1Z`;
}

/** The moon as it stands in the sky of the northern half of the earth, with radius 1. */
export const MoonDisc = ({ now }: { now: number }) => (
  <>
    <circle r="1" class="moon-dark" />
    <path d={litPart(moonAt(now).phase)} class="moon-lit" />
  </>
);

export const Moon = ({ now }: { now: number }) => (
  <svg class="moon" viewBox="-1.15 -1.15 2.3 2.3" role="img" aria-label={`Moon: ${moonAt(now).name}`}>
    <MoonDisc now={now} />
  </svg>
);
