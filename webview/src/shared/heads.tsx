/** The heads of a table's columns.
 * @param numbers columns of figures, which stand to the right */
export const Heads = ({ titles, numbers = [] }: { readonly titles: readonly string[]; readonly numbers?: readonly string[] }) => (
  <>
    {titles.map((title) => (
      <th key={title} scope="col" class={numbers.includes(title) ? 'number' : ''}>
        {title}
      </th>
    ))}
  </>
);
