import type { Task } from '@almanac/contracts';
import { Component } from 'preact';
import type { Tasks } from '../state/tasks';
import { dueWording, elsewhere, timeOf } from '../time/wording';
import { localAt, type Day } from '../time/zone';
import { Icon } from './icon';

interface Row {
  task: Task;
  isLate: boolean;
  isNews: boolean;
}

interface Surroundings {
  tasks: Tasks;
  /** Set when the heading above already says the day. */
  day: Day | null;
  today: Day;
  zone: string;
}

/**
 * Some rows of the list, made anew only when one of them is another. Tasks are never altered in
 * place, so that is told by identity, and of thousands a change costs only its neighbours.
 */
export class Piece extends Component<Surroundings & { rows: readonly Row[] }> {
  override shouldComponentUpdate(next: this['props']): boolean {
    const { rows, day, today, zone } = this.props;
    const isSame = (row: Row, n: number) => {
      const other = next.rows[n];
      return row.task === other?.task && row.isLate === other.isLate && row.isNews === other.isNews;
    };
    const isSamePlace = next.day === day && next.today === today && next.zone === zone;
    return !(isSamePlace && next.rows.length === rows.length && rows.every(isSame));
  }

  override render({ rows, ...surroundings }: this['props']) {
    return rows.map((row) => <TaskRow key={row.task.id} {...row} {...surroundings} />);
  }
}

/** A task in the list. */
function TaskRow({ task, tasks, day, today, zone, isLate, isNews }: Row & Surroundings) {
  const { id, title, description, status, priority, tags, due } = task;
  const isDone = status === 'completed';
  return (
    <li class="task" data-id={id} data-status={status} data-priority={priority} data-news={isNews}>
      <button
        type="button"
        role="checkbox"
        class="check"
        aria-checked={isDone}
        aria-label={`Done: ${title}`}
        onClick={() => void (isDone ? tasks.reopen(task) : tasks.complete(task))}
      >
        <Icon name="check" />
      </button>
      <div class="task-words">
        <a href={`/tasks/${id}`} class="task-title">
          <span>{title}</span>
        </a>
        {(priority !== 'medium' || tags.length > 0 || description !== '') && (
          <p class="task-notes">
            {priority !== 'medium' && <span class="task-priority">{priority} priority</span>}
            {tags.map((tag) => (
              <span key={tag} class="task-tag" data-tag={tag}>
                #{tag}
              </span>
            ))}
            {description !== '' && <span class="task-description">{description}</span>}
          </p>
        )}
      </div>
      {due && (
        <time class="task-due" dateTime={due.at} data-late={isLate && !isDone}>
          {day ? timeOf(localAt(due.at, zone)) : dueWording(due, today, zone)}
          {elsewhere(due, zone) && <small>{elsewhere(due, zone)}</small>}
        </time>
      )}
      <button
        type="button"
        class="icon-button task-delete"
        aria-label={`Delete: ${title}`}
        onClick={() => void tasks.remove(task)}
      >
        <Icon name="trash" />
      </button>
    </li>
  );
}
