// What the server demands of passwords, for the hints beside their inputs.

export const PASSWORD_MIN = 10;
