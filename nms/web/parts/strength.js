// Length counts, nothing else: what a password of so many characters is worth.
export function strength(text) {
  const n = [...text].length, different = new Set(text).size;
  if (n < 10) return 'short';
  if (different < 5) return 'weak';
  return n < 14 ? 'fair' : n < 20 ? 'good' : 'strong';
}
