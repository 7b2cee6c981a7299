/** The words of the library, in those of the command. */
export function inOptions(message: string): string {
  return message.replace(/^apiKey\b/, "The API key").replace(/\bbaseUrl\b/g, "--base-url");
}
