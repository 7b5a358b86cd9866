// Severities of X.733, the worst last, and their place.
export const SEVERITIES = ['cleared', 'indeterminate', 'warning', 'minor', 'major', 'critical'];
export const rank = (severity) => SEVERITIES.indexOf(severity);

/* A severity as it may be written: "maj" is major; -1 if it is none. */
export const readSeverity = (text) => SEVERITIES.findIndex((s) => s === text || (text.length >= 3 && s.startsWith(text)));
