package io.longhaul.coordinator.run;

import io.longhaul.coordinator.agent.Agent;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/*
 * The receiver-agent owns the finish, so its word ends the watch. The sender's word is taken only if the
 * receiver says nothing for a while: the coordinator may reach one side only.
 */

/** Watches one session until it ends or nothing has moved for too long. Used by one thread. */
public final class Watch {
  private static final Duration TICK = Duration.ofMillis(500);
  private static final Duration RECEIVER_GRACE = Duration.ofSeconds(30);

  private final Session session;
  private final Watchdog watchdog;
  private final Display display;
  private final LongSupplier nanos;
  private final LinkedBlockingQueue<UnaryOperator<View>> news = new LinkedBlockingQueue<>();
  private View view;
  private @Nullable Long senderEndedNanos;

  /**
   * Prepares a watch.
   *
   * @param first what is known already
   * @param nanos {@link System#nanoTime}
   */
  public Watch(
      Session session, View first, Watchdog watchdog, Display display, LongSupplier nanos) {
    this.session = session;
    this.view = first;
    this.watchdog = watchdog;
    this.display = display;
    this.nanos = nanos;
  }

  /** Returns the newest view. */
  public View view() {
    return view;
  }

  /** Watches to the end; a session that has stalled for too long is aborted. */
  public Ending run() throws InterruptedException {
    ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
    try (tasks) {
      session.sender().ifPresent(agent -> poll(tasks, agent, View::send, View::withSend));
      session.receiver().ifPresent(agent -> poll(tasks, agent, View::receive, View::withReceive));
      try {
        return toTheEnd();
      } finally {
        tasks.shutdownNow();
      }
    }
  }

  private <S> void poll(
      ExecutorService tasks,
      Agent<?, S> agent,
      Function<View, Sight<S>> get,
      BiFunction<View, Sight<S>, View> with) {
    Poller<S> poller =
        new Poller<>(
            agent,
            session.id(),
            look -> news.add(v -> with.apply(v, next(get.apply(v), look, v.nowNanos()))));
    tasks.execute(() -> {
      try {
        poller.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the watch is over
      } catch (RuntimeException e) {
        news.add(_ -> {
          throw e; // in the thread of the watch
        });
      }
    });
  }

  private static <S> Sight<S> next(Sight<S> known, Poller.Look<S> look, long now) {
    return switch (look) {
      case Poller.Look.Status<S>(S status) -> Sight.of(status, now);
      case Poller.Look.Gone<S>() -> known.lost();
      case Poller.Look.Silence<S>(var why) -> known.silent(String.valueOf(why.getMessage()), now);
    };
  }

  private Ending toTheEnd() throws InterruptedException {
    while (true) {
      UnaryOperator<View> change = news.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
      View before = view;
      View now = view.at(nanos.getAsLong());
      view = change == null ? now : change.apply(now);
      Notices.between(session, before, view).forEach(display::say);
      display.show(view);
      Optional<Ending> ending = ending();
      if (ending.isPresent()) {
        return ending.get();
      }
      Optional<Failure> inactive = heardOfBoth() ? watchdog.bark(view) : Optional.empty();
      if (inactive.isPresent()) {
        return giveUp(inactive.get());
      }
    }
  }

  /* Until then what stands still cannot be told from what is out of reach. */
  private boolean heardOfBoth() {
    return (session.sender().isEmpty() || view.send().heard())
        && (session.receiver().isEmpty() || view.receive().heard());
  }

  /* What is out of reach is suspended, not lost: it may go on when it is back. */
  private Ending giveUp(Failure why) {
    if (why.kind() == FailureKind.UNREACHABLE) {
      return Ending.suspended(why);
    }
    session.abort(why).forEach(display::say);
    return Ending.because(why);
  }

  private Optional<Ending> ending() {
    Optional<Ending> receiver = Ending.byReceiver(view);
    if (receiver.isPresent()) {
      return receiver;
    }
    boolean noReceiver = session.receiver().isEmpty() || view.receive().gone();
    Optional<Ending> sender = Ending.bySender(view);
    if (sender.isPresent()) {
      senderEndedNanos = senderEndedNanos == null ? view.nowNanos() : senderEndedNanos;
      boolean late = view.nowNanos() - senderEndedNanos > RECEIVER_GRACE.toNanos();
      return late || noReceiver ? sender : Optional.empty();
    }
    boolean lost = session.receiver().isPresent() ? view.receive().gone() : view.send().gone();
    return lost
        ? Optional.of(
            Ending.because(
                Failure.permanent(
                    FailureKind.NO_SUCH_SESSION,
                    "Tried to follow session "
                        + session.id()
                        + " but its agent does not know it any more")))
        : Optional.empty();
  }
}
