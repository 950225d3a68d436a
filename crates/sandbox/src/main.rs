//! The sandbox as a program: `streamscope-sandbox --port N --data FILE --page-rows N --latency MS --site DIR
//! --hexoskin-rate N --relay NAME=URL --relay-origin ORIGIN --allow-host NAME`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use streamscope_sandbox::server::{AllowedHost, Relay, RelayOrigin, Server};
use streamscope_sandbox::{Options, Sandbox, SqliteStore, demo};

const USAGE: &str =
    "usage: streamscope-sandbox [--port N] [--data FILE] [--page-rows N] [--latency MS] [--site DIR]
                           [--hexoskin-rate N] [--relay NAME=URL]... [--relay-origin ORIGIN]...
                           [--allow-host NAME]...

  --port N       port on 127.0.0.1; 0 takes a free one (default 8787)
  --data FILE    where the demo recordings are kept (default: in memory, made at every start)
  --page-rows N  the most rows in a page (default 100000)
  --latency MS   wait before every answer (default 0)
  --site DIR     serve the files of a directory at / as well
  --hexoskin-rate N
                 the most requests a second of Hexoskin for each credentials; 0 for any number (default 5)
  --relay NAME=URL
                 forward /relay/NAME/... to a server that lets no page in, for example
                 lab=http://192.168.1.20:8088; may be given several times
  --relay-origin ORIGIN
                 let pages of an origin use the relays and change the demo, for example
                 https://page.example; others only read the demo. May be given several times
  --allow-host NAME
                 answer to NAME or NAME:PORT too, and not only to 127.0.0.1 and localhost;
                 may be given several times";

/// Answers under way get this long when the program is told to stop.
const PATIENCE: Duration = Duration::from_secs(2);

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Default)]
struct Arguments {
    port: Option<u16>,
    data: Option<PathBuf>,
    page_rows: Option<u64>,
    latency: Option<u64>,
    hexoskin_rate: Option<u32>,
    site: Option<PathBuf>,
    relays: Vec<Relay>,
    origins: Vec<RelayOrigin>,
    hosts: Vec<AllowedHost>,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut arguments = Self::default();
        while let Some(name) = words.next() {
            let value = words.next().ok_or_else(|| format!("{name} needs a value"))?;
            let number = || value.parse::<u64>().map_err(|_| format!("{name} needs a number, not {value}"));
            match name.as_str() {
                "--port" => arguments.port = Some(u16::try_from(number()?)?),
                "--data" => arguments.data = Some(value.into()),
                "--page-rows" => arguments.page_rows = Some(number()?.max(1)),
                "--latency" => arguments.latency = Some(number()?),
                "--hexoskin-rate" => arguments.hexoskin_rate = Some(u32::try_from(number()?)?),
                "--site" => arguments.site = Some(value.into()),
                "--relay" => arguments.relays.push(Relay::parse(&value)?),
                "--relay-origin" => arguments.origins.push(RelayOrigin::parse(&value)?),
                "--allow-host" => arguments.hosts.push(AllowedHost::parse(&value)?),
                _ => return Err(format!("unknown option {name}").into()),
            }
        }
        Ok(arguments)
    }
}

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("{error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("streamscope-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let store = match &arguments.data {
        Some(file) => SqliteStore::open(file)?,
        None => SqliteStore::in_memory()?,
    };
    demo::ensure(&store, demo::Size::Full, &mut |line| eprintln!("demo recordings: {line}"))?;
    let mut options = Options::default();
    options.page_rows = arguments.page_rows.unwrap_or(options.page_rows);
    if let Some(rate) = arguments.hexoskin_rate {
        options.hexoskin_rate = (rate > 0).then_some(rate);
    }
    let names = arguments.relays.iter().map(|relay| relay.name().to_owned()).collect();
    let sandbox = Sandbox::open(Arc::new(store), &options)?.with_relays(names);
    let latency = Duration::from_millis(arguments.latency.unwrap_or(0));
    let mut server = Server::new(Arc::new(sandbox)).with_latency(latency).with_relays(arguments.relays);
    server = server.with_relay_origins(arguments.origins).with_hosts(arguments.hosts);
    if let Some(site) = arguments.site {
        server = server.with_site(site);
    }
    tokio::runtime::Runtime::new()?.block_on(serve(server, arguments.port.unwrap_or(8787)))
}

async fn serve(server: Server, port: u16) -> Result<(), Failure> {
    let listener = Server::bind(port).await.map_err(|error| format!("port {port}: {error}"))?;
    let mut out = std::io::stdout();
    writeln!(out, "ready http://{}/", listener.local_addr()?)?;
    out.flush()?;
    let (told, stop) = tokio::sync::oneshot::channel();
    let serving = server.run(listener, async move { drop(stop.await) });
    let stopping = async {
        signalled().await;
        let _ = told.send(());
        tokio::time::sleep(PATIENCE).await;
    };
    tokio::select! {
        served = serving => Ok(served?),
        () = stopping => Ok(()),
    }
}

/// Waits for ctrl-c or SIGTERM.
async fn signalled() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
