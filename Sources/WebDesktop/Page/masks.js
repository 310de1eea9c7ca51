/** Gives what people type the form that they read. Nothing is refused here: the host says what is wrong. */

/**
 * A phone while it is typed: ten digits after the country's become `+7 (9XX) XXX-XX-XX`. Whatever is no such number
 * stays as it was typed.
 */
export function asPhone(text) {
  if (!/^\+?[\d\s()-]*$/.test(text)) return text;
  let digits = text.replace(/\D/g, '');
  if (!digits) return text;
  if (/^[78]/.test(digits)) digits = digits.slice(1);
  else if (text.startsWith('+') || !digits.startsWith('9')) return text;
  if (digits.length > 10) return text;
  const [a, b, c, d] = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6, 8), digits.slice(8)];
  return `+7${a && ` (${a}`}${b && `) ${b}`}${c && `-${c}`}${d && `-${d}`}`;
}

/** `5.4.2025`, `05042025` → `2025-04-05`; what is no date stays. */
export function asDate(text) {
  const trimmed = text.trim();
  const parts = /^(\d{1,2})[.\s/-](\d{1,2})[.\s/-](\d{4})$/.exec(trimmed) ?? /^(\d\d)(\d\d)(\d{4})$/.exec(trimmed);
  if (!parts) return trimmed;
  const [, day, month, year] = parts;
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const known = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(known.getTime()) || known.toISOString().slice(0, 10) !== iso ? trimmed : iso;
}

/** `8`, `830`, `8.30` → `08:30`; what is no time stays. */
export function asTime(text) {
  const trimmed = text.trim();
  const parts = /^(\d{1,2})(?:[:.\s-]?(\d\d))?$/.exec(trimmed);
  if (!parts || Number(parts[1]) > 23 || Number(parts[2] ?? 0) > 59) return trimmed;
  return `${parts[1].padStart(2, '0')}:${parts[2] ?? '00'}`;
}
