package io.longhaul.packaging.simulation;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/*
 * The product's threads are virtual threads, and a virtual thread inherits the scheduler of the one that
 * starts it. So it is enough to start the first one with a scheduler of our own: all that the product
 * starts, parks, waits and notifies is then run by run(), on one thread, in an order that the seed
 * decides. The JDK has no public way to name that scheduler (JDK 25), so it is reached by reflection; the
 * build opens java.lang for it. Waits with a time limit (Object.wait) ask the JDK's timers, which are
 * replaced while a simulation runs, so that they follow the virtual clock.
 *
 * A process that crashes is simply not run any more: no finally block and no shutdown hook runs, as after
 * SIGKILL.
 */

/** Runs virtual threads one at a time, in an order that the seed decides, on a virtual clock. */
public final class Scheduler implements Executor {
  private static final int STARTED = 1;
  private static final int BLOCKING = 12;
  private static final int BLOCKED = 13;
  private static final int UNBLOCKED = 14;
  private static final int TERMINATED = 99;
  private static final long STUCK_NANOS = 60_000_000_000L;

  private static final String UNBLOCKER_WAITS = "takeVirtualThreadListToUnblock";

  private static final Constructor<?> BUILDER;
  private static final Thread UNBLOCKER;
  private static final Field STATE;
  private static final Field HANDED_OVER;
  private static final Method OWNER;
  private static final ThreadLocal<@Nullable Scheduler> RUNNING = new ThreadLocal<>();

  static {
    try {
      BUILDER =
          Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
              .getDeclaredConstructor(Executor.class);
      BUILDER.setAccessible(true);
      STATE = Class.forName("java.lang.VirtualThread").getDeclaredField("state");
      STATE.setAccessible(true);
      HANDED_OVER = Class.forName("java.lang.VirtualThread").getDeclaredField("onWaitingList");
      HANDED_OVER.setAccessible(true);
      OWNER = AbstractOwnableSynchronizer.class.getDeclaredMethod("getExclusiveOwnerThread");
      OWNER.setAccessible(true);
      UNBLOCKER =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().equals("VirtualThread-unblocker"))
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("this JDK has no such thread"));
      Field timers =
          Class.forName("java.lang.VirtualThread$DelayedTaskSchedulers")
              .getDeclaredField("INSTANCE");
      timers.setAccessible(true);
      Object all = timers.get(null);
      for (int i = 0; i < Array.getLength(all); i++) {
        Array.set(all, i, following((ScheduledExecutorService) Array.get(all, i)));
      }
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** One virtual thread of a simulated process. */
  private static final class Task {
    private final Runnable continuation;
    private final Thread thread;
    private final SimProcess process;
    private boolean ready;
    private boolean heldUp;

    Task(Runnable continuation, Thread thread, SimProcess process) {
      this.continuation = continuation;
      this.thread = thread;
      this.process = process;
    }

    boolean isHandedOver() {
      try {
        return HANDED_OVER.getBoolean(thread);
      } catch (IllegalAccessException e) {
        throw new AssertionError(e);
      }
    }

    int state() {
      try {
        return STATE.getInt(thread);
      } catch (IllegalAccessException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** A thread can go on. */
  private record Wake(Runnable continuation, Thread waker) {}

  /** Something that happens at a time. */
  private final class Timer implements Comparable<Timer> {
    private final long at;
    private final long number = ++timersMade;
    private final Runnable what;
    private boolean cancelled;

    Timer(long at, Runnable what) {
      this.at = at;
      this.what = what;
    }

    @Override
    public int compareTo(Timer other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
    }
  }

  private final Random random;
  private final ConcurrentLinkedQueue<Wake> submitted = new ConcurrentLinkedQueue<>();
  private final IdentityHashMap<Runnable, Task> tasks = new IdentityHashMap<>();
  private final List<Task> live = new ArrayList<>();
  private final Set<Thread> ours = new HashSet<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final Map<Thread, SimProcess> newcomers = new HashMap<>();
  private long timersMade;
  private long now = 1_000_000_000L;
  private long steps;
  private @Nullable Task lastRun;

  /** Creates one for the calling thread, which has to run it. */
  Scheduler(Random random) {
    this.random = random;
    ours.add(Thread.currentThread());
    ours.add(UNBLOCKER);
  }

  /** Returns the virtual time, in nanoseconds. */
  long now() {
    return now;
  }

  /** Returns how many steps were made. */
  long steps() {
    return steps;
  }

  /** Starts the first thread of a process. */
  void start(SimProcess process, Runnable body) {
    try {
      Thread thread =
          ((Thread.Builder.OfVirtual) BUILDER.newInstance(this))
              .name(process.name())
              .unstarted(body);
      newcomers.put(thread, process);
      thread.start();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("this JDK has other virtual threads", e);
    }
  }

  /** Has something happen later, between the steps of the processes. */
  void after(Duration delay, Runnable what) {
    timers.add(new Timer(now + delay.toNanos(), what));
  }

  /** Called by virtual threads, and by the JDK for them, when they can go on. */
  @Override
  public void execute(Runnable continuation) {
    submitted.add(new Wake(continuation, Thread.currentThread()));
  }

  /**
   * Runs until {@code over} says so, or nothing can happen any more.
   *
   * @return whether it is over
   */
  boolean run(BooleanSupplier over, long mostSteps) {
    RUNNING.set(this);
    try {
      while (!over.getAsBoolean()) {
        settle();
        Task next = choose();
        if (next != null) {
          step(next);
        } else if (!passTime()) {
          return over.getAsBoolean();
        }
        if (steps > mostSteps) {
          return false;
        }
      }
      return true;
    } finally {
      RUNNING.remove();
    }
  }

  private void step(Task task) {
    steps++;
    goOn(task);
  }

  private void goOn(Task task) {
    lastRun = task;
    run(task);
    while (isHeldUp(task)) {
      awaitReady(task);
      run(task);
    }
    if (task.state() == TERMINATED) {
      live.remove(task);
      tasks.remove(task.continuation);
    }
  }

  private static void run(Task task) {
    task.ready = false;
    task.continuation.run();
  }

  /*
   * A library's lock may be held by a thread that is not simulated: all calls of OkHttp that have a
   * time limit share one with the thread that watches the limits. Real time decides whether such a lock
   * is free; so waiting for it is no step, and nobody else goes on meanwhile.
   */
  private boolean isHeldUp(Task task) {
    if (!task.process.isAlive()
        || !(LockSupport.getBlocker(task.thread) instanceof AbstractQueuedSynchronizer lock)
        || lock.getClass().getEnclosingClass() != ReentrantLock.class) {
      return false;
    }
    try {
      Thread owner = (Thread) OWNER.invoke(lock);
      /* If it is free by now, whoever gave it up wakes the first of the queue. */
      Thread next = owner == null ? lock.getFirstQueuedThread() : owner;
      return task.thread.equals(next) || !ours.contains(next);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("this JDK has other locks", e);
    }
  }

  private void awaitReady(Task task) {
    task.heldUp = true;
    takeUntil(() -> task.ready);
    task.heldUp = false;
  }

  private @Nullable Task choose() {
    int ready = 0;
    for (Task task : live) {
      ready += task.ready ? 1 : 0;
    }
    if (ready == 0) {
      return null;
    }
    int left = random.nextInt(ready);
    for (Task task : live) {
      if (task.ready && left-- == 0) {
        return task;
      }
    }
    throw new AssertionError("unreachable");
  }

  private boolean passTime() {
    Timer timer = timers.poll();
    while (timer != null && timer.cancelled) {
      timer = timers.poll();
    }
    if (timer == null) {
      return false;
    }
    now = Math.max(now, timer.at);
    timer.what.run();
    return true;
  }

  /*
   * A thread of the JDK hands over those that were waiting for a monitor; it is waited for, so that the
   * order does not depend on it.
   */
  private void settle() {
    takeSubmitted();
    if (!isSettled()) {
      takeUntil(this::isSettled);
    }
  }

  private boolean isSettled() {
    return !isHandingOver() && submitted.isEmpty();
  }

  private void takeSubmitted() {
    for (Wake next = submitted.poll(); next != null; next = submitted.poll()) {
      take(next.continuation, next.waker);
    }
  }

  private void takeUntil(BooleanSupplier done) {
    long began = System.nanoTime();
    while (!done.getAsBoolean()) {
      takeSubmitted();
      if (System.nanoTime() - began > STUCK_NANOS) {
        throw new IllegalStateException("a lock is not given up: " + stacks());
      }
      Thread.onSpinWait();
    }
  }

  private String stacks() {
    StringBuilder all = new StringBuilder();
    for (Task task : live) {
      all.append('\n').append(task.process).append(' ').append(task.state());
      for (StackTraceElement frame : task.thread.getStackTrace()) {
        all.append("\n  ").append(frame);
      }
    }
    return all.toString();
  }

  private boolean isHandingOver() {
    boolean waiting = false;
    for (Task task : live) {
      if (!task.ready) {
        int state = task.state();
        if (state == UNBLOCKED || state == BLOCKING || (state == BLOCKED && task.isHandedOver())) {
          return true;
        }
        waiting |= state == BLOCKED;
      }
    }
    return waiting && isUnblocking();
  }

  /* It takes them off its list before they can run: in between nothing but its stack tells. */
  private static boolean isUnblocking() {
    StackTraceElement[] stack = UNBLOCKER.getStackTrace();
    return stack.length == 0 || !stack[0].getMethodName().equals(UNBLOCKER_WAITS);
  }

  private void take(Runnable continuation, Thread waker) {
    Task task = tasks.get(continuation);
    if (task == null) {
      Thread thread = threadOf(continuation);
      SimProcess known = newcomers.remove(thread);
      SimProcess process = known != null ? known : starter();
      task = new Task(continuation, thread, process);
      if (task.state() != STARTED) {
        return; // woken by a timer, but its process was killed
      }
      if (process.isAlive()) {
        tasks.put(continuation, task);
        live.add(task);
        ours.add(thread);
      }
    }
    task.ready = task.process.isAlive();
    if (task.ready && !task.heldUp && !ours.contains(waker)) {
      goOnForNothing(task);
    }
  }

  /*
   * Whoever gives up a lock may wake the next one when that has found it free already and waits for
   * something else: which is not there, so it waits again.
   */
  private void goOnForNothing(Task task) {
    Task before = lastRun;
    goOn(task);
    lastRun = before;
  }

  private SimProcess starter() {
    Task parent = lastRun;
    if (parent == null) {
      throw new IllegalStateException("a thread that no process started");
    }
    return parent.process;
  }

  private static Thread threadOf(Runnable continuation) {
    try {
      Field field = continuation.getClass().getDeclaredFields()[0];
      field.setAccessible(true);
      return (Thread) field.get(continuation);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("this JDK has other virtual threads", e);
    }
  }

  /** Forgets the threads of a process: they never run again. */
  void forget(SimProcess process) {
    for (Task task : List.copyOf(live)) {
      if (task.process == process) {
        live.remove(task);
        tasks.remove(task.continuation);
      }
    }
  }

  /** Never returns, to be called by a thread of a process that has just been killed. */
  static void vanish() {
    while (true) {
      LockSupport.park();
      boolean _ = Thread.interrupted(); // or it would not park again
    }
  }

  /** Waits on the virtual clock; called by a simulated thread. */
  public void sleep(Duration time) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Thread sleeper = Thread.currentThread();
    boolean[] rung = new boolean[1];
    Timer timer =
        new Timer(
            now + Math.max(0, time.toNanos()),
            () -> {
              rung[0] = true;
              LockSupport.unpark(sleeper);
            });
    timers.add(timer);
    while (!rung[0]) {
      LockSupport.park();
      if (Thread.interrupted()) {
        timer.cancelled = true;
        throw new InterruptedException();
      }
    }
  }

  private Future<?> timer(Runnable what, long delay, TimeUnit unit) {
    Timer timer = new Timer(now + unit.toNanos(delay), what);
    timers.add(timer);
    return new TimerFuture(timer);
  }

  /** What the JDK cancels when a wait ends before its time. */
  private static final class TimerFuture extends CompletableFuture<Void>
      implements ScheduledFuture<Void> {
    private final Scheduler.Timer timer;

    TimerFuture(Scheduler.Timer timer) {
      this.timer = timer;
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      timer.cancelled = true;
      return true;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return 0;
    }

    @Override
    public int compareTo(Delayed other) {
      return 0;
    }
  }

  /** Returns timers that are virtual on a thread that runs a simulation, and else the real ones. */
  private static ScheduledExecutorService following(ScheduledExecutorService real) {
    return (ScheduledExecutorService)
        Proxy.newProxyInstance(
            Scheduler.class.getClassLoader(),
            new Class<?>[] {ScheduledExecutorService.class},
            (_, method, arguments) -> {
              Scheduler virtual = RUNNING.get();
              return virtual != null && method.getName().equals("schedule")
                  ? virtual.timer(
                      (Runnable) arguments[0], (Long) arguments[1], (TimeUnit) arguments[2])
                  : method.invoke(real, arguments);
            });
  }
}
