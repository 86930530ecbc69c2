/** The options of all commands that go to a stub that runs. */
import { Option } from 'commander'

/** @returns `--url`, where the stub answers; in new hands each time, as commander wants it */
export function urlOption(): Option {
  return new Option('--url <url>', 'where the stub answers').env('UNDERSTUDY_URL').default('http://127.0.0.1:4010')
}

/** @returns `--token`, what the control plane asks for */
export function tokenOption(): Option {
  return new Option('--token <token>', 'admin token of a stub that is open to other machines').env('UNDERSTUDY_ADMIN_TOKEN')
}
