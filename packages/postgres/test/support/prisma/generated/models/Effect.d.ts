import type * as runtime from "@prisma/client/runtime/client";
import type * as Prisma from "../internal/prismaNamespace.ts";
/**
 * Model Effect
 *
 */
export type EffectModel = runtime.Types.Result.DefaultSelection<Prisma.$EffectPayload>;
export type AggregateEffect = {
    _count: EffectCountAggregateOutputType | null;
    _avg: EffectAvgAggregateOutputType | null;
    _sum: EffectSumAggregateOutputType | null;
    _min: EffectMinAggregateOutputType | null;
    _max: EffectMaxAggregateOutputType | null;
};
export type EffectAvgAggregateOutputType = {
    id: number | null;
};
export type EffectSumAggregateOutputType = {
    id: number | null;
};
export type EffectMinAggregateOutputType = {
    id: number | null;
    text: string | null;
};
export type EffectMaxAggregateOutputType = {
    id: number | null;
    text: string | null;
};
export type EffectCountAggregateOutputType = {
    id: number;
    text: number;
    _all: number;
};
export type EffectAvgAggregateInputType = {
    id?: true;
};
export type EffectSumAggregateInputType = {
    id?: true;
};
export type EffectMinAggregateInputType = {
    id?: true;
    text?: true;
};
export type EffectMaxAggregateInputType = {
    id?: true;
    text?: true;
};
export type EffectCountAggregateInputType = {
    id?: true;
    text?: true;
    _all?: true;
};
export type EffectAggregateArgs<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = {
    /**
     * Filter which Effect to aggregate.
     */
    where?: Prisma.EffectWhereInput;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/sorting Sorting Docs}
     *
     * Determine the order of Effects to fetch.
     */
    orderBy?: Prisma.EffectOrderByWithRelationInput | Prisma.EffectOrderByWithRelationInput[];
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/pagination#cursor-based-pagination Cursor Docs}
     *
     * Sets the start position
     */
    cursor?: Prisma.EffectWhereUniqueInput;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/pagination Pagination Docs}
     *
     * Take `±n` Effects from the position of the cursor.
     */
    take?: number;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/pagination Pagination Docs}
     *
     * Skip the first `n` Effects.
     */
    skip?: number;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/aggregations Aggregation Docs}
     *
     * Count returned Effects
    **/
    _count?: true | EffectCountAggregateInputType;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/aggregations Aggregation Docs}
     *
     * Select which fields to average
    **/
    _avg?: EffectAvgAggregateInputType;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/aggregations Aggregation Docs}
     *
     * Select which fields to sum
    **/
    _sum?: EffectSumAggregateInputType;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/aggregations Aggregation Docs}
     *
     * Select which fields to find the minimum value
    **/
    _min?: EffectMinAggregateInputType;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/aggregations Aggregation Docs}
     *
     * Select which fields to find the maximum value
    **/
    _max?: EffectMaxAggregateInputType;
};
export type GetEffectAggregateType<T extends EffectAggregateArgs> = {
    [P in keyof T & keyof AggregateEffect]: P extends '_count' | 'count' ? T[P] extends true ? number : Prisma.GetScalarType<T[P], AggregateEffect[P]> : Prisma.GetScalarType<T[P], AggregateEffect[P]>;
};
export type EffectGroupByArgs<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = {
    where?: Prisma.EffectWhereInput;
    orderBy?: Prisma.EffectOrderByWithAggregationInput | Prisma.EffectOrderByWithAggregationInput[];
    by: Prisma.EffectScalarFieldEnum[] | Prisma.EffectScalarFieldEnum;
    having?: Prisma.EffectScalarWhereWithAggregatesInput;
    take?: number;
    skip?: number;
    _count?: EffectCountAggregateInputType | true;
    _avg?: EffectAvgAggregateInputType;
    _sum?: EffectSumAggregateInputType;
    _min?: EffectMinAggregateInputType;
    _max?: EffectMaxAggregateInputType;
};
export type EffectGroupByOutputType = {
    id: number;
    text: string;
    _count: EffectCountAggregateOutputType | null;
    _avg: EffectAvgAggregateOutputType | null;
    _sum: EffectSumAggregateOutputType | null;
    _min: EffectMinAggregateOutputType | null;
    _max: EffectMaxAggregateOutputType | null;
};
export type GetEffectGroupByPayload<T extends EffectGroupByArgs> = Prisma.PrismaPromise<Array<Prisma.PickEnumerable<EffectGroupByOutputType, T['by']> & {
    [P in ((keyof T) & (keyof EffectGroupByOutputType))]: P extends '_count' ? T[P] extends boolean ? number : Prisma.GetScalarType<T[P], EffectGroupByOutputType[P]> : Prisma.GetScalarType<T[P], EffectGroupByOutputType[P]>;
}>>;
export type EffectWhereInput = {
    AND?: Prisma.EffectWhereInput | Prisma.EffectWhereInput[];
    OR?: Prisma.EffectWhereInput[];
    NOT?: Prisma.EffectWhereInput | Prisma.EffectWhereInput[];
    id?: Prisma.IntFilter<"Effect"> | number;
    text?: Prisma.StringFilter<"Effect"> | string;
};
export type EffectOrderByWithRelationInput = {
    id?: Prisma.SortOrder;
    text?: Prisma.SortOrder;
};
export type EffectWhereUniqueInput = Prisma.AtLeast<{
    id?: number;
    AND?: Prisma.EffectWhereInput | Prisma.EffectWhereInput[];
    OR?: Prisma.EffectWhereInput[];
    NOT?: Prisma.EffectWhereInput | Prisma.EffectWhereInput[];
    text?: Prisma.StringFilter<"Effect"> | string;
}, "id">;
export type EffectOrderByWithAggregationInput = {
    id?: Prisma.SortOrder;
    text?: Prisma.SortOrder;
    _count?: Prisma.EffectCountOrderByAggregateInput;
    _avg?: Prisma.EffectAvgOrderByAggregateInput;
    _max?: Prisma.EffectMaxOrderByAggregateInput;
    _min?: Prisma.EffectMinOrderByAggregateInput;
    _sum?: Prisma.EffectSumOrderByAggregateInput;
};
export type EffectScalarWhereWithAggregatesInput = {
    AND?: Prisma.EffectScalarWhereWithAggregatesInput | Prisma.EffectScalarWhereWithAggregatesInput[];
    OR?: Prisma.EffectScalarWhereWithAggregatesInput[];
    NOT?: Prisma.EffectScalarWhereWithAggregatesInput | Prisma.EffectScalarWhereWithAggregatesInput[];
    id?: Prisma.IntWithAggregatesFilter<"Effect"> | number;
    text?: Prisma.StringWithAggregatesFilter<"Effect"> | string;
};
export type EffectCreateInput = {
    text: string;
};
export type EffectUncheckedCreateInput = {
    id?: number;
    text: string;
};
export type EffectUpdateInput = {
    text?: Prisma.StringFieldUpdateOperationsInput | string;
};
export type EffectUncheckedUpdateInput = {
    id?: Prisma.IntFieldUpdateOperationsInput | number;
    text?: Prisma.StringFieldUpdateOperationsInput | string;
};
export type EffectCreateManyInput = {
    id?: number;
    text: string;
};
export type EffectUpdateManyMutationInput = {
    text?: Prisma.StringFieldUpdateOperationsInput | string;
};
export type EffectUncheckedUpdateManyInput = {
    id?: Prisma.IntFieldUpdateOperationsInput | number;
    text?: Prisma.StringFieldUpdateOperationsInput | string;
};
export type EffectCountOrderByAggregateInput = {
    id?: Prisma.SortOrder;
    text?: Prisma.SortOrder;
};
export type EffectAvgOrderByAggregateInput = {
    id?: Prisma.SortOrder;
};
export type EffectMaxOrderByAggregateInput = {
    id?: Prisma.SortOrder;
    text?: Prisma.SortOrder;
};
export type EffectMinOrderByAggregateInput = {
    id?: Prisma.SortOrder;
    text?: Prisma.SortOrder;
};
export type EffectSumOrderByAggregateInput = {
    id?: Prisma.SortOrder;
};
export type StringFieldUpdateOperationsInput = {
    set?: string;
};
export type IntFieldUpdateOperationsInput = {
    set?: number;
    increment?: number;
    decrement?: number;
    multiply?: number;
    divide?: number;
};
export type EffectSelect<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = runtime.Types.Extensions.GetSelect<{
    id?: boolean;
    text?: boolean;
}, ExtArgs["result"]["effect"]>;
export type EffectSelectCreateManyAndReturn<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = runtime.Types.Extensions.GetSelect<{
    id?: boolean;
    text?: boolean;
}, ExtArgs["result"]["effect"]>;
export type EffectSelectUpdateManyAndReturn<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = runtime.Types.Extensions.GetSelect<{
    id?: boolean;
    text?: boolean;
}, ExtArgs["result"]["effect"]>;
export type EffectSelectScalar = {
    id?: boolean;
    text?: boolean;
};
export type EffectOmit<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = runtime.Types.Extensions.GetOmit<"id" | "text", ExtArgs["result"]["effect"]>;
export type $EffectPayload<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = {
    name: "Effect";
    objects: {};
    scalars: runtime.Types.Extensions.GetPayloadResult<{
        id: number;
        text: string;
    }, ExtArgs["result"]["effect"]>;
    composites: {};
};
export type EffectGetPayload<S extends boolean | null | undefined | EffectDefaultArgs> = runtime.Types.Result.GetResult<Prisma.$EffectPayload, S>;
export type EffectCountArgs<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = Omit<EffectFindManyArgs, 'select' | 'include' | 'distinct' | 'omit'> & {
    select?: EffectCountAggregateInputType | true;
};
export interface EffectDelegate<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs, GlobalOmitOptions = {}> {
    [K: symbol]: {
        types: Prisma.TypeMap<ExtArgs>['model']['Effect'];
        meta: {
            name: 'Effect';
        };
    };
    /**
     * Find zero or one Effect that matches the filter.
     * @param {EffectFindUniqueArgs} args - Arguments to find a Effect
     * @example
     * // Get one Effect
     * const effect = await prisma.effect.findUnique({
     *   where: {
     *     // ... provide filter here
     *   }
     * })
     */
    findUnique<T extends EffectFindUniqueArgs>(args: Prisma.SelectSubset<T, EffectFindUniqueArgs<ExtArgs>>): Prisma.Prisma__EffectClient<runtime.Types.Result.GetResult<Prisma.$EffectPayload<ExtArgs>, T, "findUnique", GlobalOmitOptions> | null, null, ExtArgs, GlobalOmitOptions>;
    /**
     * Find one Effect that matches the filter or throw an error with `error.code='P2025'`
     * if no matches were found.
     * @param {EffectFindUniqueOrThrowArgs} args - Arguments to find a Effect
     * @example
     * // Get one Effect
     * const effect = await prisma.effect.findUniqueOrThrow({
     *   where: {
     *     // ... provide filter here
     *   }
     * })
     */
    findUniqueOrThrow<T extends EffectFindUniqueOrThrowArgs>(args: Prisma.SelectSubset<T, EffectFindUniqueOrThrowArgs<ExtArgs>>): Prisma.Prisma__EffectClient<runtime.Types.Result.GetResult<Prisma.$EffectPayload<ExtArgs>, T, "findUniqueOrThrow", GlobalOmitOptions>, never, ExtArgs, GlobalOmitOptions>;
    /**
     * Find the first Effect that matches the filter.
     * Note, that providing `undefined` is treated as the value not being there.
     * Read more here: https://pris.ly/d/null-undefined
     * @param {EffectFindFirstArgs} args - Arguments to find a Effect
     * @example
     * // Get one Effect
     * const effect = await prisma.effect.findFirst({
     *   where: {
     *     // ... provide filter here
     *   }
     * })
     */
    findFirst<T extends EffectFindFirstArgs>(args?: Prisma.SelectSubset<T, EffectFindFirstArgs<ExtArgs>>): Prisma.Prisma__EffectClient<runtime.Types.Result.GetResult<Prisma.$EffectPayload<ExtArgs>, T, "findFirst", GlobalOmitOptions> | null, null, ExtArgs, GlobalOmitOptions>;
    /**
     * Find the first Effect that matches the filter or
     * throw `PrismaKnownClientError` with `P2025` code if no matches were found.
     * Note, that providing `undefined` is treated as the value not being there.
     * Read more here: https://pris.ly/d/null-undefined
     * @param {EffectFindFirstOrThrowArgs} args - Arguments to find a Effect
     * @example
     * // Get one Effect
     * const effect = await prisma.effect.findFirstOrThrow({
     *   where: {
     *     // ... provide filter here
     *   }
     * })
     */
    findFirstOrThrow<T extends EffectFindFirstOrThrowArgs>(args?: Prisma.SelectSubset<T, EffectFindFirstOrThrowArgs<ExtArgs>>): Prisma.Prisma__EffectClient<runtime.Types.Result.GetResult<Prisma.$EffectPayload<ExtArgs>, T, "findFirstOrThrow", GlobalOmitOptions>, never, ExtArgs, GlobalOmitOptions>;
    /**
     * Find zero or more Effects that matches the filter.
     * Note, that providing `undefined` is treated as the value not being there.
     * Read more here: https://pris.ly/d/null-undefined
     * @param {EffectFindManyArgs} args - Arguments to filter and select certain fields only.
     * @example
     * // Get all Effects
     * const effects = await prisma.effect.findMany()
     *
     * // Get first 10 Effects
     * const effects = await prisma.effect.findMany({ take: 10 })
     *
     * // Only select the `id`
     * const effectWithIdOnly = await prisma.effect.findMany({ select: { id: true } })
     *
     */
    findMany<T extends EffectFindManyArgs>(args?: Prisma.SelectSubset<T, EffectFindManyArgs<ExtArgs>>): Prisma.PrismaPromise<runtime.Types.Result.GetResult<Prisma.$EffectPayload<ExtArgs>, T, "findMany", GlobalOmitOptions>>;
    /**
     * Create a Effect.
     * @param {EffectCreateArgs} args - Arguments to create a Effect.
     * @example
     * // Create one Effect
     * const Effect = await prisma.effect.create({
     *   data: {
     *     // ... data to create a Effect
     *   }
     * })
     *
     */
    create<T extends EffectCreateArgs>(args: Prisma.SelectSubset<T, EffectCreateArgs<ExtArgs>>): Prisma.Prisma__EffectClient<runtime.Types.Result.GetResult<Prisma.$EffectPayload<ExtArgs>, T, "create", GlobalOmitOptions>, never, ExtArgs, GlobalOmitOptions>;
    /**
     * Create many Effects.
     * @param {EffectCreateManyArgs} args - Arguments to create many Effects.
     * @example
     * // Create many Effects
     * const effect = await prisma.effect.createMany({
     *   data: [
     *     // ... provide data here
     *   ]
     * })
     *
     */
    createMany<T extends EffectCreateManyArgs>(args?: Prisma.SelectSubset<T, EffectCreateManyArgs<ExtArgs>>): Prisma.PrismaPromise<Prisma.BatchPayload>;
    /**
     * Create many Effects and returns the data saved in the database.
     * @param {EffectCreateManyAndReturnArgs} args - Arguments to create many Effects.
     * @example
     * // Create many Effects
     * const effect = await prisma.effect.createManyAndReturn({
     *   data: [
     *     // ... provide data here
     *   ]
     * })
     *
     * // Create many Effects and only return the `id`
     * const effectWithIdOnly = await prisma.effect.createManyAndReturn({
     *   select: { id: true },
     *   data: [
     *     // ... provide data here
     *   ]
     * })
     * Note, that providing `undefined` is treated as the value not being there.
     * Read more here: https://pris.ly/d/null-undefined
     *
     */
    createManyAndReturn<T extends EffectCreateManyAndReturnArgs>(args?: Prisma.SelectSubset<T, EffectCreateManyAndReturnArgs<ExtArgs>>): Prisma.PrismaPromise<runtime.Types.Result.GetResult<Prisma.$EffectPayload<ExtArgs>, T, "createManyAndReturn", GlobalOmitOptions>>;
    /**
     * Delete a Effect.
     * @param {EffectDeleteArgs} args - Arguments to delete one Effect.
     * @example
     * // Delete one Effect
     * const Effect = await prisma.effect.delete({
     *   where: {
     *     // ... filter to delete one Effect
     *   }
     * })
     *
     */
    delete<T extends EffectDeleteArgs>(args: Prisma.SelectSubset<T, EffectDeleteArgs<ExtArgs>>): Prisma.Prisma__EffectClient<runtime.Types.Result.GetResult<Prisma.$EffectPayload<ExtArgs>, T, "delete", GlobalOmitOptions>, never, ExtArgs, GlobalOmitOptions>;
    /**
     * Update one Effect.
     * @param {EffectUpdateArgs} args - Arguments to update one Effect.
     * @example
     * // Update one Effect
     * const effect = await prisma.effect.update({
     *   where: {
     *     // ... provide filter here
     *   },
     *   data: {
     *     // ... provide data here
     *   }
     * })
     *
     */
    update<T extends EffectUpdateArgs>(args: Prisma.SelectSubset<T, EffectUpdateArgs<ExtArgs>>): Prisma.Prisma__EffectClient<runtime.Types.Result.GetResult<Prisma.$EffectPayload<ExtArgs>, T, "update", GlobalOmitOptions>, never, ExtArgs, GlobalOmitOptions>;
    /**
     * Delete zero or more Effects.
     * @param {EffectDeleteManyArgs} args - Arguments to filter Effects to delete.
     * @example
     * // Delete a few Effects
     * const { count } = await prisma.effect.deleteMany({
     *   where: {
     *     // ... provide filter here
     *   }
     * })
     *
     */
    deleteMany<T extends EffectDeleteManyArgs>(args?: Prisma.SelectSubset<T, EffectDeleteManyArgs<ExtArgs>>): Prisma.PrismaPromise<Prisma.BatchPayload>;
    /**
     * Update zero or more Effects.
     * Note, that providing `undefined` is treated as the value not being there.
     * Read more here: https://pris.ly/d/null-undefined
     * @param {EffectUpdateManyArgs} args - Arguments to update one or more rows.
     * @example
     * // Update many Effects
     * const effect = await prisma.effect.updateMany({
     *   where: {
     *     // ... provide filter here
     *   },
     *   data: {
     *     // ... provide data here
     *   }
     * })
     *
     */
    updateMany<T extends EffectUpdateManyArgs>(args: Prisma.SelectSubset<T, EffectUpdateManyArgs<ExtArgs>>): Prisma.PrismaPromise<Prisma.BatchPayload>;
    /**
     * Update zero or more Effects and returns the data updated in the database.
     * @param {EffectUpdateManyAndReturnArgs} args - Arguments to update many Effects.
     * @example
     * // Update many Effects
     * const effect = await prisma.effect.updateManyAndReturn({
     *   where: {
     *     // ... provide filter here
     *   },
     *   data: [
     *     // ... provide data here
     *   ]
     * })
     *
     * // Update zero or more Effects and only return the `id`
     * const effectWithIdOnly = await prisma.effect.updateManyAndReturn({
     *   select: { id: true },
     *   where: {
     *     // ... provide filter here
     *   },
     *   data: [
     *     // ... provide data here
     *   ]
     * })
     * Note, that providing `undefined` is treated as the value not being there.
     * Read more here: https://pris.ly/d/null-undefined
     *
     */
    updateManyAndReturn<T extends EffectUpdateManyAndReturnArgs>(args: Prisma.SelectSubset<T, EffectUpdateManyAndReturnArgs<ExtArgs>>): Prisma.PrismaPromise<runtime.Types.Result.GetResult<Prisma.$EffectPayload<ExtArgs>, T, "updateManyAndReturn", GlobalOmitOptions>>;
    /**
     * Create or update one Effect.
     * @param {EffectUpsertArgs} args - Arguments to update or create a Effect.
     * @example
     * // Update or create a Effect
     * const effect = await prisma.effect.upsert({
     *   create: {
     *     // ... data to create a Effect
     *   },
     *   update: {
     *     // ... in case it already exists, update
     *   },
     *   where: {
     *     // ... the filter for the Effect we want to update
     *   }
     * })
     */
    upsert<T extends EffectUpsertArgs>(args: Prisma.SelectSubset<T, EffectUpsertArgs<ExtArgs>>): Prisma.Prisma__EffectClient<runtime.Types.Result.GetResult<Prisma.$EffectPayload<ExtArgs>, T, "upsert", GlobalOmitOptions>, never, ExtArgs, GlobalOmitOptions>;
    /**
     * Count the number of Effects.
     * Note, that providing `undefined` is treated as the value not being there.
     * Read more here: https://pris.ly/d/null-undefined
     * @param {EffectCountArgs} args - Arguments to filter Effects to count.
     * @example
     * // Count the number of Effects
     * const count = await prisma.effect.count({
     *   where: {
     *     // ... the filter for the Effects we want to count
     *   }
     * })
    **/
    count<T extends EffectCountArgs>(args?: Prisma.Subset<T, EffectCountArgs>): Prisma.PrismaPromise<T extends runtime.Types.Utils.Record<'select', any> ? T['select'] extends true ? number : Prisma.GetScalarType<T['select'], EffectCountAggregateOutputType> : number>;
    /**
     * Allows you to perform aggregations operations on a Effect.
     * Note, that providing `undefined` is treated as the value not being there.
     * Read more here: https://pris.ly/d/null-undefined
     * @param {EffectAggregateArgs} args - Select which aggregations you would like to apply and on what fields.
     * @example
     * // Ordered by age ascending
     * // Where email contains prisma.io
     * // Limited to the 10 users
     * const aggregations = await prisma.user.aggregate({
     *   _avg: {
     *     age: true,
     *   },
     *   where: {
     *     email: {
     *       contains: "prisma.io",
     *     },
     *   },
     *   orderBy: {
     *     age: "asc",
     *   },
     *   take: 10,
     * })
    **/
    aggregate<T extends EffectAggregateArgs>(args: Prisma.Subset<T, EffectAggregateArgs>): Prisma.PrismaPromise<GetEffectAggregateType<T>>;
    /**
     * Group by Effect.
     * Note, that providing `undefined` is treated as the value not being there.
     * Read more here: https://pris.ly/d/null-undefined
     * @param {EffectGroupByArgs} args - Group by arguments.
     * @example
     * // Group by city, order by createdAt, get count
     * const result = await prisma.user.groupBy({
     *   by: ['city', 'createdAt'],
     *   orderBy: {
     *     createdAt: true
     *   },
     *   _count: {
     *     _all: true
     *   },
     * })
     *
    **/
    groupBy<T extends EffectGroupByArgs, HasSelectOrTake extends Prisma.Or<Prisma.Extends<'skip', Prisma.Keys<T>>, Prisma.Extends<'take', Prisma.Keys<T>>>, OrderByArg extends Prisma.True extends HasSelectOrTake ? {
        orderBy: EffectGroupByArgs['orderBy'];
    } : {
        orderBy?: EffectGroupByArgs['orderBy'];
    }, OrderFields extends Prisma.ExcludeUnderscoreKeys<Prisma.Keys<Prisma.MaybeTupleToUnion<T['orderBy']>>>, ByFields extends Prisma.MaybeTupleToUnion<T['by']>, ByValid extends Prisma.Has<ByFields, OrderFields>, HavingFields extends Prisma.GetHavingFields<T['having']>, HavingValid extends Prisma.Has<ByFields, HavingFields>, ByEmpty extends T['by'] extends never[] ? Prisma.True : Prisma.False, InputErrors extends ByEmpty extends Prisma.True ? `Error: "by" must not be empty.` : HavingValid extends Prisma.False ? {
        [P in HavingFields]: P extends ByFields ? never : P extends string ? `Error: Field "${P}" used in "having" needs to be provided in "by".` : [
            Error,
            'Field ',
            P,
            ` in "having" needs to be provided in "by"`
        ];
    }[HavingFields] : 'take' extends Prisma.Keys<T> ? 'orderBy' extends Prisma.Keys<T> ? ByValid extends Prisma.True ? {} : {
        [P in OrderFields]: P extends ByFields ? never : `Error: Field "${P}" in "orderBy" needs to be provided in "by"`;
    }[OrderFields] : 'Error: If you provide "take", you also need to provide "orderBy"' : 'skip' extends Prisma.Keys<T> ? 'orderBy' extends Prisma.Keys<T> ? ByValid extends Prisma.True ? {} : {
        [P in OrderFields]: P extends ByFields ? never : `Error: Field "${P}" in "orderBy" needs to be provided in "by"`;
    }[OrderFields] : 'Error: If you provide "skip", you also need to provide "orderBy"' : ByValid extends Prisma.True ? {} : {
        [P in OrderFields]: P extends ByFields ? never : `Error: Field "${P}" in "orderBy" needs to be provided in "by"`;
    }[OrderFields]>(args: Prisma.SubsetIntersection<T, EffectGroupByArgs, OrderByArg> & InputErrors): {} extends InputErrors ? GetEffectGroupByPayload<T> : Prisma.PrismaPromise<InputErrors>;
    /**
     * Fields of the Effect model
     */
    readonly fields: EffectFieldRefs;
}
/**
 * The delegate class that acts as a "Promise-like" for Effect.
 * Why is this prefixed with `Prisma__`?
 * Because we want to prevent naming conflicts as mentioned in
 * https://github.com/prisma/prisma-client-js/issues/707
 */
export interface Prisma__EffectClient<T, Null = never, ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs, GlobalOmitOptions = {}> extends Prisma.PrismaPromise<T> {
    readonly [Symbol.toStringTag]: "PrismaPromise";
    /**
     * Attaches callbacks for the resolution and/or rejection of the Promise.
     * @param onfulfilled The callback to execute when the Promise is resolved.
     * @param onrejected The callback to execute when the Promise is rejected.
     * @returns A Promise for the completion of which ever callback is executed.
     */
    then<TResult1 = T, TResult2 = never>(onfulfilled?: ((value: T) => TResult1 | PromiseLike<TResult1>) | undefined | null, onrejected?: ((reason: any) => TResult2 | PromiseLike<TResult2>) | undefined | null): runtime.Types.Utils.JsPromise<TResult1 | TResult2>;
    /**
     * Attaches a callback for only the rejection of the Promise.
     * @param onrejected The callback to execute when the Promise is rejected.
     * @returns A Promise for the completion of the callback.
     */
    catch<TResult = never>(onrejected?: ((reason: any) => TResult | PromiseLike<TResult>) | undefined | null): runtime.Types.Utils.JsPromise<T | TResult>;
    /**
     * Attaches a callback that is invoked when the Promise is settled (fulfilled or rejected). The
     * resolved value cannot be modified from the callback.
     * @param onfinally The callback to execute when the Promise is settled (fulfilled or rejected).
     * @returns A Promise for the completion of the callback.
     */
    finally(onfinally?: (() => void) | undefined | null): runtime.Types.Utils.JsPromise<T>;
}
/**
 * Fields of the Effect model
 */
export interface EffectFieldRefs {
    readonly id: Prisma.FieldRef<"Effect", 'Int'>;
    readonly text: Prisma.FieldRef<"Effect", 'String'>;
}
/**
 * Effect findUnique
 */
export type EffectFindUniqueArgs<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = {
    /**
     * Select specific fields to fetch from the Effect
     */
    select?: Prisma.EffectSelect<ExtArgs> | null;
    /**
     * Omit specific fields from the Effect
     */
    omit?: Prisma.EffectOmit<ExtArgs> | null;
    /**
     * Filter, which Effect to fetch.
     */
    where: Prisma.EffectWhereUniqueInput;
};
/**
 * Effect findUniqueOrThrow
 */
export type EffectFindUniqueOrThrowArgs<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = {
    /**
     * Select specific fields to fetch from the Effect
     */
    select?: Prisma.EffectSelect<ExtArgs> | null;
    /**
     * Omit specific fields from the Effect
     */
    omit?: Prisma.EffectOmit<ExtArgs> | null;
    /**
     * Filter, which Effect to fetch.
     */
    where: Prisma.EffectWhereUniqueInput;
};
/**
 * Effect findFirst
 */
export type EffectFindFirstArgs<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = {
    /**
     * Select specific fields to fetch from the Effect
     */
    select?: Prisma.EffectSelect<ExtArgs> | null;
    /**
     * Omit specific fields from the Effect
     */
    omit?: Prisma.EffectOmit<ExtArgs> | null;
    /**
     * Filter, which Effect to fetch.
     */
    where?: Prisma.EffectWhereInput;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/sorting Sorting Docs}
     *
     * Determine the order of Effects to fetch.
     */
    orderBy?: Prisma.EffectOrderByWithRelationInput | Prisma.EffectOrderByWithRelationInput[];
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/pagination#cursor-based-pagination Cursor Docs}
     *
     * Sets the position for searching for Effects.
     */
    cursor?: Prisma.EffectWhereUniqueInput;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/pagination Pagination Docs}
     *
     * Take `±n` Effects from the position of the cursor.
     */
    take?: number;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/pagination Pagination Docs}
     *
     * Skip the first `n` Effects.
     */
    skip?: number;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/distinct Distinct Docs}
     *
     * Filter by unique combinations of Effects.
     */
    distinct?: Prisma.EffectScalarFieldEnum | Prisma.EffectScalarFieldEnum[];
};
/**
 * Effect findFirstOrThrow
 */
export type EffectFindFirstOrThrowArgs<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = {
    /**
     * Select specific fields to fetch from the Effect
     */
    select?: Prisma.EffectSelect<ExtArgs> | null;
    /**
     * Omit specific fields from the Effect
     */
    omit?: Prisma.EffectOmit<ExtArgs> | null;
    /**
     * Filter, which Effect to fetch.
     */
    where?: Prisma.EffectWhereInput;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/sorting Sorting Docs}
     *
     * Determine the order of Effects to fetch.
     */
    orderBy?: Prisma.EffectOrderByWithRelationInput | Prisma.EffectOrderByWithRelationInput[];
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/pagination#cursor-based-pagination Cursor Docs}
     *
     * Sets the position for searching for Effects.
     */
    cursor?: Prisma.EffectWhereUniqueInput;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/pagination Pagination Docs}
     *
     * Take `±n` Effects from the position of the cursor.
     */
    take?: number;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/pagination Pagination Docs}
     *
     * Skip the first `n` Effects.
     */
    skip?: number;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/distinct Distinct Docs}
     *
     * Filter by unique combinations of Effects.
     */
    distinct?: Prisma.EffectScalarFieldEnum | Prisma.EffectScalarFieldEnum[];
};
/**
 * Effect findMany
 */
export type EffectFindManyArgs<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = {
    /**
     * Select specific fields to fetch from the Effect
     */
    select?: Prisma.EffectSelect<ExtArgs> | null;
    /**
     * Omit specific fields from the Effect
     */
    omit?: Prisma.EffectOmit<ExtArgs> | null;
    /**
     * Filter, which Effects to fetch.
     */
    where?: Prisma.EffectWhereInput;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/sorting Sorting Docs}
     *
     * Determine the order of Effects to fetch.
     */
    orderBy?: Prisma.EffectOrderByWithRelationInput | Prisma.EffectOrderByWithRelationInput[];
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/pagination#cursor-based-pagination Cursor Docs}
     *
     * Sets the position for listing Effects.
     */
    cursor?: Prisma.EffectWhereUniqueInput;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/pagination Pagination Docs}
     *
     * Take `±n` Effects from the position of the cursor.
     */
    take?: number;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/pagination Pagination Docs}
     *
     * Skip the first `n` Effects.
     */
    skip?: number;
    /**
     * {@link https://www.prisma.io/docs/concepts/components/prisma-client/distinct Distinct Docs}
     *
     * Filter by unique combinations of Effects.
     */
    distinct?: Prisma.EffectScalarFieldEnum | Prisma.EffectScalarFieldEnum[];
};
/**
 * Effect create
 */
export type EffectCreateArgs<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = {
    /**
     * Select specific fields to fetch from the Effect
     */
    select?: Prisma.EffectSelect<ExtArgs> | null;
    /**
     * Omit specific fields from the Effect
     */
    omit?: Prisma.EffectOmit<ExtArgs> | null;
    /**
     * The data needed to create a Effect.
     */
    data: Prisma.XOR<Prisma.EffectCreateInput, Prisma.EffectUncheckedCreateInput>;
};
/**
 * Effect createMany
 */
export type EffectCreateManyArgs<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = {
    /**
     * The data used to create many Effects.
     */
    data: Prisma.EffectCreateManyInput | Prisma.EffectCreateManyInput[];
    skipDuplicates?: boolean;
};
/**
 * Effect createManyAndReturn
 */
export type EffectCreateManyAndReturnArgs<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = {
    /**
     * Select specific fields to fetch from the Effect
     */
    select?: Prisma.EffectSelectCreateManyAndReturn<ExtArgs> | null;
    /**
     * Omit specific fields from the Effect
     */
    omit?: Prisma.EffectOmit<ExtArgs> | null;
    /**
     * The data used to create many Effects.
     */
    data: Prisma.EffectCreateManyInput | Prisma.EffectCreateManyInput[];
    skipDuplicates?: boolean;
};
/**
 * Effect update
 */
export type EffectUpdateArgs<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = {
    /**
     * Select specific fields to fetch from the Effect
     */
    select?: Prisma.EffectSelect<ExtArgs> | null;
    /**
     * Omit specific fields from the Effect
     */
    omit?: Prisma.EffectOmit<ExtArgs> | null;
    /**
     * The data needed to update a Effect.
     */
    data: Prisma.XOR<Prisma.EffectUpdateInput, Prisma.EffectUncheckedUpdateInput>;
    /**
     * Choose, which Effect to update.
     */
    where: Prisma.EffectWhereUniqueInput;
};
/**
 * Effect updateMany
 */
export type EffectUpdateManyArgs<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = {
    /**
     * The data used to update Effects.
     */
    data: Prisma.XOR<Prisma.EffectUpdateManyMutationInput, Prisma.EffectUncheckedUpdateManyInput>;
    /**
     * Filter which Effects to update
     */
    where?: Prisma.EffectWhereInput;
    /**
     * Limit how many Effects to update.
     */
    limit?: number;
};
/**
 * Effect updateManyAndReturn
 */
export type EffectUpdateManyAndReturnArgs<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = {
    /**
     * Select specific fields to fetch from the Effect
     */
    select?: Prisma.EffectSelectUpdateManyAndReturn<ExtArgs> | null;
    /**
     * Omit specific fields from the Effect
     */
    omit?: Prisma.EffectOmit<ExtArgs> | null;
    /**
     * The data used to update Effects.
     */
    data: Prisma.XOR<Prisma.EffectUpdateManyMutationInput, Prisma.EffectUncheckedUpdateManyInput>;
    /**
     * Filter which Effects to update
     */
    where?: Prisma.EffectWhereInput;
    /**
     * Limit how many Effects to update.
     */
    limit?: number;
};
/**
 * Effect upsert
 */
export type EffectUpsertArgs<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = {
    /**
     * Select specific fields to fetch from the Effect
     */
    select?: Prisma.EffectSelect<ExtArgs> | null;
    /**
     * Omit specific fields from the Effect
     */
    omit?: Prisma.EffectOmit<ExtArgs> | null;
    /**
     * The filter to search for the Effect to update in case it exists.
     */
    where: Prisma.EffectWhereUniqueInput;
    /**
     * In case the Effect found by the `where` argument doesn't exist, create a new Effect with this data.
     */
    create: Prisma.XOR<Prisma.EffectCreateInput, Prisma.EffectUncheckedCreateInput>;
    /**
     * In case the Effect was found with the provided `where` argument, update it with this data.
     */
    update: Prisma.XOR<Prisma.EffectUpdateInput, Prisma.EffectUncheckedUpdateInput>;
};
/**
 * Effect delete
 */
export type EffectDeleteArgs<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = {
    /**
     * Select specific fields to fetch from the Effect
     */
    select?: Prisma.EffectSelect<ExtArgs> | null;
    /**
     * Omit specific fields from the Effect
     */
    omit?: Prisma.EffectOmit<ExtArgs> | null;
    /**
     * Filter which Effect to delete.
     */
    where: Prisma.EffectWhereUniqueInput;
};
/**
 * Effect deleteMany
 */
export type EffectDeleteManyArgs<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = {
    /**
     * Filter which Effects to delete
     */
    where?: Prisma.EffectWhereInput;
    /**
     * Limit how many Effects to delete.
     */
    limit?: number;
};
/**
 * Effect without action
 */
export type EffectDefaultArgs<ExtArgs extends runtime.Types.Extensions.InternalArgs = runtime.Types.Extensions.DefaultArgs> = {
    /**
     * Select specific fields to fetch from the Effect
     */
    select?: Prisma.EffectSelect<ExtArgs> | null;
    /**
     * Omit specific fields from the Effect
     */
    omit?: Prisma.EffectOmit<ExtArgs> | null;
};
