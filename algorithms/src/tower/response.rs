//! The response of a request: waits for the picked service, then for its answer.

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use ::tower::{BoxError, Service};
use pin_project_lite::pin_project;

use crate::outcome::Outcome;
use crate::ticket::Ticket;
use crate::tower::shared::{Picked, Shared};

pin_project! {
    /// The response of [`Balance`](crate::tower::Balance): waits for the picked service to be ready, then for its
    /// answer.
    pub struct ResponseFuture<S, F, R>
    where
        S: Service<R>,
    {
        shared: Arc<Shared<F>>,
        tried: Vec<String>,
        #[pin]
        state: State<S, R>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, R>
    where
        S: Service<R>,
    {
        Waiting { picked: Option<Picked<S>>, request: Option<R> },
        Called { asked: Option<(Ticket, Instant)>, #[pin] response: S::Future },
        Refused { error: Option<BoxError> },
    }
}

impl<S, F, R> ResponseFuture<S, F, R>
where
    S: Service<R> + Clone + Send + Sync + 'static,
    F: Fn(&R) -> Option<Cow<'_, [u8]>>,
{
    /// Picks a backend for the request and counts it there.
    pub(super) fn new(shared: Arc<Shared<F>>, request: R) -> Self {
        let mut tried = Vec::new();
        let state = match shared.picked(&request, &mut tried) {
            Ok(picked) => State::Waiting {
                picked: Some(picked),
                request: Some(request),
            },
            Err(error) => State::Refused {
                error: Some(error.into()),
            },
        };
        Self {
            shared,
            tried,
            state,
        }
    }
}

impl<S, F, R> Future for ResponseFuture<S, F, R>
where
    S: Service<R> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    F: Fn(&R) -> Option<Cow<'_, [u8]>>,
{
    type Output = Result<S::Response, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            match this.state.as_mut().project() {
                StateProjection::Waiting { picked, request } => {
                    let called = ready!(call_when_ready(
                        this.shared,
                        this.tried,
                        picked,
                        request,
                        cx
                    ));
                    this.state.set(called?);
                }
                StateProjection::Called { asked, response } => {
                    let response = ready!(response.poll(cx));
                    // The request has ended, even if its future is kept.
                    if let Some((ticket, start)) = asked.take() {
                        ticket.finish(Outcome {
                            latency: start.elapsed(),
                            success: response.is_ok(),
                        });
                    }
                    return Poll::Ready(response.map_err(Into::into));
                }
                StateProjection::Refused { error } => {
                    let error = error.take().expect("polled after its end");
                    return Poll::Ready(Err(error));
                }
            }
        }
    }
}

/// Calls the picked service, or the next one if it fails before.
fn call_when_ready<S, F, R>(
    shared: &Shared<F>,
    tried: &mut Vec<String>,
    picked: &mut Option<Picked<S>>,
    request: &mut Option<R>,
    cx: &mut Context<'_>,
) -> Poll<Result<State<S, R>, BoxError>>
where
    S: Service<R> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    F: Fn(&R) -> Option<Cow<'_, [u8]>>,
{
    loop {
        let waiting = picked.as_mut().expect("polled after its end");
        let failed = ready!(waiting.service.poll_ready(cx)).err();
        let Picked {
            ticket,
            mut service,
        } = picked.take().expect("it was there just now");
        let asked = request.take().expect("polled after its end");
        let Some(error) = failed else {
            let start = Instant::now();
            let response = service.call(asked);
            let asked = Some((ticket, start));
            return Poll::Ready(Ok(State::Called { asked, response }));
        };
        shared.fail::<S>(ticket.backend());
        tried.push(ticket.backend().name().to_owned());
        drop(ticket);
        match shared.picked(&asked, tried) {
            Ok(next) => (*picked, *request) = (Some(next), Some(asked)),
            Err(_) => return Poll::Ready(Err(error.into())),
        }
    }
}

impl<S, F, R> fmt::Debug for ResponseFuture<S, F, R>
where
    S: Service<R>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture")
            .field("tried", &self.tried)
            .finish_non_exhaustive()
    }
}
