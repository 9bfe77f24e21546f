import { EntitySchema } from 'typeorm';

/** A task as a row; the domain's {@link Task} is what leaves the persistence folder. */
export interface TaskRow {
  id: string;
  user_id: string;
  title: string;
  description: string;
  status: 'open' | 'completed';
  /** 1 is high: the order in which a person wants to see them. */
  priority: number;
  tags: string[];
  due_local: string | null;
  due_zone: string | null;
  due_at: string | null;
  created_at: string;
  updated_at: string;
  completed_at: string | null;
  deleted_at: string | null;
  version: number;
}

export const TaskEntity = new EntitySchema<TaskRow>({
  name: 'task',
  tableName: 'task',
  columns: {
    id: { type: 'uuid', primary: true },
    user_id: { type: 'uuid' },
    title: { type: 'text' },
    description: { type: 'text' },
    status: { type: 'text' },
    priority: { type: 'smallint' },
    tags: { type: 'text', array: true },
    due_local: { type: 'text', nullable: true },
    due_zone: { type: 'text', nullable: true },
    due_at: { type: 'timestamptz', nullable: true },
    created_at: { type: 'timestamptz' },
    updated_at: { type: 'timestamptz' },
    completed_at: { type: 'timestamptz', nullable: true },
    deleted_at: { type: 'timestamptz', nullable: true },
    version: { type: 'int' },
  },
});
