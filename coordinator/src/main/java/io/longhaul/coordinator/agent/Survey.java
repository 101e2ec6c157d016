package io.longhaul.coordinator.agent;

import io.longhaul.protocol.failure.TransferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Asks several agents the same at the same time, so that a dead one costs its time-out only once.
 */
public final class Survey {
  private Survey() {}

  /** One question to one agent. */
  @FunctionalInterface
  public interface Question<A, T> {
    /** Returns what the agent answers. */
    T ask(A agent) throws TransferException;
  }

  /**
   * What one agent answered: exactly one of {@code value} and {@code failure} is present.
   *
   * @param agent who was asked
   * @param value the answer
   * @param failure why there is none
   */
  public record Answer<A, T>(A agent, Optional<T> value, Optional<TransferException> failure) {}

  /** Returns the answers in the order of {@code agents}, when the slowest has come or failed. */
  public static <A, T> List<Answer<A, T>> ask(List<A> agents, Question<? super A, T> question)
      throws InterruptedException {
    List<Answer<A, T>> answers = new ArrayList<>(agents.size());
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer<A, T>>> asked = new ArrayList<>(agents.size());
      for (A agent : agents) {
        asked.add(tasks.submit(() -> answer(agent, question)));
      }
      for (Future<Answer<A, T>> each : asked) {
        answers.add(each.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("asking an agent failed in an unforeseen way", e.getCause());
    }
    return answers;
  }

  private static <A, T> Answer<A, T> answer(A agent, Question<? super A, T> question) {
    try {
      return new Answer<>(agent, Optional.of(question.ask(agent)), Optional.empty());
    } catch (TransferException e) {
      return new Answer<>(agent, Optional.empty(), Optional.of(e));
    }
  }
}
