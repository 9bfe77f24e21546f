import type { Task } from '@almanac/contracts';
import { Component } from 'preact';
import { Link } from 'wouter-preact';
import type { Tasks } from '../state/tasks';
import { dueWording, elsewhere, timeOf } from '../time/wording';
import { localAt, type Day } from '../time/zone';
import { Icon } from './icon';

interface TaskRowProps {
  task: Task;
  tasks: Tasks;
  /** Set when the heading above already says the day. */
  day: Day | null;
  today: Day;
  zone: string;
  isLate: boolean;
  isNews: boolean;
}

/**
 * A task in the list. Of thousands, only those whose properties changed are made anew: tasks are
 * never altered in place, so that is told by identity.
 */
export class TaskRow extends Component<TaskRowProps> {
  override shouldComponentUpdate(next: TaskRowProps): boolean {
    const { task, day, today, zone, isLate, isNews } = this.props;
    return (
      next.task !== task ||
      next.day !== day ||
      next.today !== today ||
      next.zone !== zone ||
      next.isLate !== isLate ||
      next.isNews !== isNews
    );
  }

  override render({ task, tasks, day, today, zone, isLate, isNews }: TaskRowProps) {
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
          <Link href={`/tasks/${id}${location.search}`} class="task-title">
            <span>{title}</span>
          </Link>
          {(priority !== 'medium' || tags.length > 0 || description !== '') && (
            <p class="task-notes">
              {priority !== 'medium' && <span class="task-priority">{priority} priority</span>}
              {tags.map((tag) => (
                <span key={tag} class="task-tag">
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
}
