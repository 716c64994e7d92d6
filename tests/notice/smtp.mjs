// A mail server for tests: while FOLDER/strict is there, what it does with a letter is said by whom
// it is for.
//
//   node smtp.mjs FOLDER [KEY CERTIFICATE] [--implicit] [--auth] [--no-starttls]
//
// Letters lie in FOLDER/N.eml, the first line of each tells the envelope.  It prints its port.
import {appendFileSync, existsSync, readFileSync, readdirSync, renameSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const {SMTPServer} = createRequire(import.meta.url)('smtp-server');
const [folder, ...words] = process.argv.slice(2);
const has = word => words.includes(word);
const [key, cert] = words.filter(word => !word.startsWith('--')).map(file => readFileSync(file));

const isStrict = () => existsSync(`${folder}/strict`);
const refuse = (code, text) => Object.assign(new Error(text), {responseCode: code});
let count = readdirSync(folder).filter(name => name.endsWith('.eml')).length;

function keep(session, text) {
  const {mailFrom, rcptTo} = session.envelope;
  const head = JSON.stringify({from: mailFrom.address, to: rcptTo.map(to => to.address),
    user: session.user ?? null, secure: session.secure, name: session.hostNameAppearsAs});

  writeFileSync(`${folder}/draft`, `${head}\n${text}`);
  renameSync(`${folder}/draft`, `${folder}/${++count}.eml`);
}

const server = new SMTPServer({
  secure: has('--implicit'),
  key, cert,
  authOptional: !has('--auth'),
  disabledCommands: [...(has('--auth') ? [] : ['AUTH']), ...(key && !has('--no-starttls') ? [] : ['STARTTLS'])],
  disableReverseLookup: true,
  logger: false,
  onAuth(auth, session, done) {
    if (auth.username === 'uprava' && auth.password === 'right-password')
      done(null, {user: auth.username});
    else
      done(refuse(535, '5.7.8 Bad credentials'));
  },
  onMailFrom(address, session, done) {
    appendFileSync(`${folder}/asked`, 'MAIL\n');
    done(existsSync(`${folder}/busy`) ? refuse(451, '4.3.2 Not now') : undefined);
  },
  onRcptTo({address}, session, done) {
    const who = address.split('@')[0];

    appendFileSync(`${folder}/asked`, `RCPT ${who}\n`);
    if (who === 'grey' && isStrict())
      return done(refuse(450, `4.2.0 ${address} come later`));
    if (who === 'nobody' && isStrict())
      return done(refuse(550, `5.1.1 <${address}> no such mailbox`));
    done();
  },
  onData(stream, session, done) {
    const who = session.envelope.rcptTo[0].address.split('@')[0];
    let text = '';

    stream.setEncoding('utf8');
    stream.on('data', piece => { text += piece; });
    stream.on('end', () => {
      if (who === 'cut' && isStrict()) {
        keep(session, text); // it took it, and nobody hears so
        for (const connection of server.connections)
          connection._socket.destroy();
        return;
      }
      if (who === 'spam' && isStrict())
        return done(refuse(554, '5.7.1 This looks like spam'));
      if (who === 'slow')
        return setTimeout(() => { keep(session, text); done(); }, 1500);
      keep(session, text);
      done(null, 'taken');
    });
  },
});

server.on('error', () => {}); // who was cut off
server.listen(0, '127.0.0.1', () => console.log(server.server.address().port));
