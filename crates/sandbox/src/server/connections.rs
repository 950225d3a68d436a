//! A bounded number of connections, so that those who are silent keep nobody else out.
//!
//! Whoever opens a connection and then neither sends nor takes anything costs a socket and what was made for them, at
//! most two pieces of a body. There may be [`MOST`] connections; when one more comes, the one that has been silent the
//! longest is closed.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Connections at a time.
const MOST: usize = 256;

/// Accepts connections.
pub(super) struct Listener {
    listener: TcpListener,
    seats: Arc<Seats>,
}

impl Listener {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self { listener, seats: Arc::new(Seats { began: Instant::now(), taken: Mutex::default() }) }
    }
}

impl axum::serve::Listener for Listener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = axum::serve::Listener::accept(&mut self.listener).await;
        // Without this, the last small piece of a body waits for the acknowledgement of the one before.
        drop(stream.set_nodelay(true));
        let seat = self.seats.take();
        (Connection { stream, seat, seats: self.seats.clone() }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// The connections that are open.
struct Seats {
    began: Instant,
    taken: Mutex<Vec<Arc<Seat>>>,
}

struct Seat {
    /// When something last went through, in µs since the server began.
    active: AtomicU64,
    closed: AtomicBool,
    task: AtomicWaker,
}

impl Seats {
    fn taken(&self) -> MutexGuard<'_, Vec<Arc<Seat>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        self.began.elapsed().as_micros() as u64
    }

    /// Takes a seat, if need be the one of who has been silent the longest.
    fn take(&self) -> Arc<Seat> {
        let seat = Arc::new(Seat {
            active: self.now().into(),
            closed: AtomicBool::new(false),
            task: AtomicWaker::new(),
        });
        let mut taken = self.taken();
        if taken.len() >= MOST {
            let silent = (0..).zip(taken.iter()).min_by_key(|(_, seat)| seat.active.load(Ordering::Relaxed));
            if let Some((place, _)) = silent {
                taken.swap_remove(place).close();
            }
        }
        taken.push(seat.clone());
        seat
    }

    fn leave(&self, seat: &Arc<Seat>) {
        self.taken().retain(|taken| !Arc::ptr_eq(taken, seat));
    }
}

impl Seat {
    fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.task.wake();
    }
}

/// A connection, as long as it has its seat.
pub(super) struct Connection {
    stream: TcpStream,
    seat: Arc<Seat>,
    seats: Arc<Seats>,
}

impl Connection {
    /// Does a part of the work, unless the connection is to be closed.
    fn work<T>(
        &mut self,
        context: &mut Context<'_>,
        work: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        self.seat.task.register(context.waker());
        if self.seat.closed.load(Ordering::Acquire) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let done = work(Pin::new(&mut self.stream), context);
        if done.is_ready() {
            self.seat.active.store(self.seats.now(), Ordering::Relaxed);
        }
        done
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.work(context, |stream, context| stream.poll_read(context, buffer))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.work(context, |stream, context| stream.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.work(context, |stream, context| stream.poll_write_vectored(context, parts))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.seats.leave(&self.seat);
    }
}
