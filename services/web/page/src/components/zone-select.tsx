interface ZoneSelectProps {
  value: string;
  onChange: (zone: string) => void;
  id?: string;
  'aria-label'?: string;
}

const zones = Intl.supportedValuesOf('timeZone');

/** All zones of the browser, by continent. The one in use is offered even where the browser has another name for it. */
export function ZoneSelect({ value, onChange, ...rest }: ZoneSelectProps) {
  const known = zones.includes(value) ? zones : [value, ...zones];
  const areas = Map.groupBy(known, (zone) =>
    zone.includes('/') ? zone.slice(0, zone.indexOf('/')) : 'World',
  );
  return (
    <select {...rest} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {[...areas].map(([area, members]) => (
        <optgroup key={area} label={area}>
          {members.map((zone) => (
            <option key={zone} value={zone}>
              {zone
                .slice(zone.indexOf('/') + 1)
                .replaceAll('_', ' ')
                .replaceAll('/', ', ')}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}
