//! Shards behind a tower service: each user keeps its shard while other shards join or leave.
//!
//! Run it with `cargo run -p evenkeel-algorithms --features tower --example tower`.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use evenkeel_algorithms::Rendezvous;
use evenkeel_algorithms::tower::Balance;
use futures_core::Stream;
use tokio::sync::mpsc;
use tower::discover::Change;
use tower::{BoxError, Service};

/// A connection to a shard. A real one would be a client, for example of hyper or tonic.
#[derive(Clone)]
struct Shard(String);

struct Request {
    user: String,
}

impl Service<Request> for Shard {
    type Response = String;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<String, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let answer = format!("{} is on {}", request.user, self.0);
        Box::pin(async move {
            tokio::task::yield_now().await;
            Ok(answer)
        })
    }
}

/// Shards that join and leave, reported over a channel.
struct Shards(mpsc::UnboundedReceiver<Change<String, Shard>>);

impl Stream for Shards {
    type Item = Result<Change<String, Shard>, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx).map(|change| change.map(Ok))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let (shards, discovered) = mpsc::unbounded_channel();
    let mut balance = Balance::new(
        Rendezvous::default(),
        Shards(discovered),
        |request: &Request| Some(request.user.as_bytes().into()),
    )?;

    // Requests wait until the first shard has joined.
    tokio::spawn({
        let shards = shards.clone();
        async move {
            for name in ["shard-a", "shard-b", "shard-c"] {
                let shard = Shard(name.to_owned());
                let _ = shards.send(Change::Insert(name.to_owned(), shard));
            }
        }
    });
    for user in ["alice", "bob", "carol", "dave"] {
        poll_fn(|cx| balance.poll_ready(cx)).await?;
        let user = user.to_owned();
        println!("{}", balance.call(Request { user }).await?);
    }

    println!("shard-b leaves:");
    shards.send(Change::Remove("shard-b".to_owned()))?;
    for user in ["alice", "bob", "carol", "dave"] {
        poll_fn(|cx| balance.poll_ready(cx)).await?;
        let user = user.to_owned();
        println!("{}", balance.call(Request { user }).await?);
    }
    Ok(())
}
