//! Dropping a future in the middle.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// Polls `future` so often, then drops it; its output if it came to its end before. With each number of polls from 0 on, a
/// test drops a call at every point where it can be dropped.
pub async fn polled<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
