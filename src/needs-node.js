/**
 * Ends with one sentence where Node.js is too old. In words that old versions know, with nothing imported: what they do not know would be
 * complained of before a line of it runs. The version is that of `engines` in package.json; a test compares them.
 */
const NEEDED = [20, 19]
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  process.stderr.write('understudy needs Node.js ' + NEEDED.join('.') + ' or newer, and this is ' + process.versions.node + '. Install a newer one from https://nodejs.org, or with nvm: nvm install 22\n')
  process.exit(1)
}
