/** Local time as the vendor writes it, with the fixed offset of the emulated server. */

/** `YYYY-MM-DDTHH:mm:ss.SSS±HH:MM` (OvenMediaEngine v0.20.0, converter.cpp). */
export function toIso(at: number, offsetMinutes: number): string {
  return localDate(at, offsetMinutes).toISOString().slice(0, 23) + offsetText(offsetMinutes);
}

/** A date whose UTC fields are the server's local ones. */
export function localDate(at: number, offsetMinutes: number): Date {
  return new Date(at + offsetMinutes * 60_000);
}

function offsetText(offsetMinutes: number): string {
  const minutes = Math.abs(offsetMinutes);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
