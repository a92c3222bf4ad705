//! Accepting clients, and answering each on a thread of its own.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::sync::Arc;
use std::thread::{self, Builder, Scope};
use std::time::Duration;

use super::clients::{Clients, Visit};
use super::conversations::{Conversations, Kind};
use super::input::Input;
use super::listener::Listeners;
use super::stop::Stop;
use super::stream::Stream;
use crate::protocol::answer::{self, Code, Refusal};
use crate::protocol::desk::{Desk, Seat};
use crate::protocol::dialogue::Dialogue;
use crate::protocol::received::CHUNK;
use crate::text::counted;

/// The most clients to accept from one listener before looking at the others and for the end.
const AT_ONCE: usize = 64;

/// How long to wait before the next try if a client cannot be accepted: until others leave, there may be no file
/// descriptor for it.
const PAUSE: Duration = Duration::from_millis(50);

/// Answers clients until the end is asked for. Then it accepts no more clients, answers the complete lines that have
/// arrived, and closes all connections. A client that connects while there are `max_clients` gets one error, with
/// code 11, and is closed.
///
/// # Errors
/// If the system cannot wait for clients.
pub fn serve_clients(
    listeners: Listeners,
    conversations: &Conversations<'_>,
    max_clients: usize,
    stop: &Stop,
) -> io::Result<()> {
    let clients = Clients::new(max_clients);
    thread::scope(|scope| {
        let ended = accept_until(stop, &listeners, |stream| {
            admit(scope, conversations, &clients, stream);
        });
        drop(listeners);
        clients.close();
        ended
    })
}

/// Accepts clients; after the end is asked for, up to [`AT_ONCE`] more of each listener, which have connected before.
fn accept_until(stop: &Stop, listeners: &Listeners, admit: impl Fn(Stream)) -> io::Result<()> {
    loop {
        let goes_on = stop.wait_for_clients(listeners.as_slice())?;
        for listener in listeners.as_slice() {
            let waiting = std::iter::from_fn(|| match listener.accept() {
                Ok(stream) => stream,
                Err(_) => {
                    thread::sleep(PAUSE);
                    None
                }
            });
            waiting.take(AT_ONCE).for_each(&admit);
        }
        if !goes_on {
            return Ok(());
        }
    }
}

/// Begins to answer a client, unless there are too many.
fn admit<'scope>(
    scope: &'scope Scope<'scope, '_>,
    conversations: &'scope Conversations<'_>,
    clients: &'scope Clients,
    stream: Stream,
) {
    let stream = Arc::new(stream);
    let Some(visit) = clients.admit(&stream) else {
        let most = counted(clients.most as u64, "client");
        let text = format!("the limit of {most} is reached; try again later");
        return turn_away(&stream, Refusal::new(Code::Unavailable, text));
    };
    let visited = Arc::clone(&stream);
    let spawned = Builder::new().spawn_scoped(scope, move || {
        // A connection that fails concerns its client only.
        let _ = answer(conversations, &visit, &visited);
    });
    if let Err(error) = spawned {
        let text = format!("the client cannot be answered: {error}; try again later");
        turn_away(&stream, Refusal::new(Code::Unavailable, text));
    }
}

/// Answers a client until it leaves or the server ends.
fn answer(conversations: &Conversations<'_>, visit: &Visit<'_>, stream: &Stream) -> io::Result<()> {
    let limits = conversations.limits;
    match &conversations.kind {
        Kind::Own(first) => match first.fork() {
            Ok(session) => answer_lines(session, limits.max_line_bytes, visit, stream),
            Err(error) => {
                turn_away(stream, error.into());
                Ok(())
            }
        },
        Kind::Shared(session) => {
            let seat = Seat::new(session, visit.client);
            answer_lines(seat, limits.max_line_bytes, visit, stream)
        }
    }
}

fn answer_lines(
    desk: impl Desk,
    max_line_bytes: usize,
    visit: &Visit<'_>,
    stream: &Stream,
) -> io::Result<()> {
    let mut dialogue = Dialogue::new(desk, stream, max_line_bytes);
    dialogue.run(&mut Input::new(stream, visit))?;
    if visit.is_cut_short() {
        // The line that has no end may be half a line.
        return Ok(());
    }
    dialogue.finish()
}

/// Says why a client is not answered, and closes its connection. Never waits for it.
fn turn_away(mut stream: &Stream, refusal: Refusal) {
    let mut line = Vec::new();
    // All of this fails only if the client has left.
    let _ = answer::write(&mut line, None, None, &refusal.answer());
    let _ = stream.set_nonblocking(true);
    let _ = stream.write_all(&line);
    stream.shutdown(Shutdown::Write);
    // What is left unread when a connection is closed may take the error with it.
    let _ = stream.read(&mut vec![0; CHUNK]);
}
