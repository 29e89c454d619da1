const UNITS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/** The longest span that the command takes: ten years. */
const MAX_SECONDS = 3650 * UNITS.d;

/** Seconds of a span such as `7d`, `36h`, `90m` or `0`; undefined when it is none. */
export const secondsOf = (written: string): number | undefined => {
  if (written === '0') return 0;
  const parts = /^(\d{1,6})([smhdw])$/.exec(written);
  const seconds = parts ? Number(parts[1]) * UNITS[parts[2] as keyof typeof UNITS] : Number.NaN;
  return seconds <= MAX_SECONDS ? seconds : undefined;
};

/** A span in its two largest units, e.g. `6 d 23 h`. */
export const spanText = (seconds: number): string => {
  const parts: string[] = [];
  let rest = Math.round(seconds);
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const count = Math.floor(rest / UNITS[unit]);
    rest -= count * UNITS[unit];
    if (count > 0) parts.push(`${count} ${unit === 'm' ? 'min' : unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ') || '0 s';
};

/** A moment to the minute, in UTC: `2026-06-30 12:00 UTC`. @param seconds since 1970 */
export const momentText = (seconds: number): string => {
  const iso = new Date(seconds * 1000).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
};
